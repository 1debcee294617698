package io.framequota.ingest.chunk.kafka;

import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** Sends records of frames asynchronously; the records of a partition arrive in the order of the calls. */
interface FrameSender {
    /**
     * Sends one record. Exactly one of the two consumers is called, on any thread.
     *
     * @param acknowledged gets the offset of the record
     * @param failed gets the error, after the last retry
     */
    void send(
            int partition,
            Map<String, byte[]> headers,
            byte[] value,
            LongConsumer acknowledged,
            Consumer<Throwable> failed);
}
