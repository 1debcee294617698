package io.framequota.inference.intake;

import io.framequota.contract.control.LivePacket;
import java.time.Duration;

/** Reads the packets of streams as they arrive. For one thread. */
public interface LivePackets extends AutoCloseable {
    /**
     * Begins to read a stream, with the packets of its last seconds, if they are not older than the session.
     *
     * @param firstOffset of the session
     * @throws LivePacketsException when the broker does not answer; the stream is not read then
     */
    void follow(String job, int partition, long firstOffset) throws LivePacketsException;

    /** Ends reading a stream. */
    void unfollow(String job);

    /**
     * Waits for packets of all streams that are read, and passes them on, each stream's in order and each once.
     *
     * @throws LivePacketsException when the broker does not answer; reading goes on with the next call
     * @throws InterruptedException when interrupted
     */
    void poll(Duration wait, Sink sink) throws LivePacketsException, InterruptedException;

    @Override
    void close();

    /** Takes packets; must not wait. */
    interface Sink {
        void packet(LivePacket packet);

        /** The packets that were there when a stream was followed have been passed on. */
        void caughtUp(String job);
    }

    /** Packets cannot be read now. The message is one line for people. */
    final class LivePacketsException extends Exception {
        private static final long serialVersionUID = 1;

        public LivePacketsException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
