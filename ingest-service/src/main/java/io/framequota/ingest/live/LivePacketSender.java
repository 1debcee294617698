package io.framequota.ingest.live;

import java.util.function.LongConsumer;

/** Sends the packets of streams to workers. Safe for use by many threads. */
public interface LivePacketSender {
    /** Connects to the broker, so that no packet waits for that. Waits two seconds at most, and goes on connecting without its caller. */
    void open();

    /**
     * Sends a record. Waits for next to nothing: what the broker does not take soon is lost.
     *
     * @param partition of the topic of live packets
     * @param job the record's key
     * @param stored called with the record's offset, on another thread
     * @param lost called when the record cannot be sent or the broker did not take it in time, on this thread or another one
     */
    void send(int partition, String job, byte[] record, LongConsumer stored, Runnable lost);
}
