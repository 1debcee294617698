package io.framequota.ingest.chunk.kafka;

import io.framequota.contract.frame.FrameMeta;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** Sends frames asynchronously; the frames of a partition arrive in the order of the calls. */
interface FrameSender {
    /**
     * Sends one frame. Exactly one of the two consumers is called, on any thread.
     *
     * @param acknowledged gets the offset of the record
     * @param failed gets the error, after the last retry
     */
    void send(int partition, FrameMeta meta, byte[] pixels, LongConsumer acknowledged, Consumer<Throwable> failed);
}
