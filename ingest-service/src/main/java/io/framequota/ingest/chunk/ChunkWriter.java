package io.framequota.ingest.chunk;

import io.framequota.contract.frame.FrameMeta;
import java.util.function.BooleanSupplier;

/** Writes chunks to the frames topic, each contiguously to one partition. For many threads. */
public interface ChunkWriter {
    /**
     * Takes a partition for a chunk of a job, waiting for one that is free.
     *
     * @param stopped asked while waiting
     * @throws PassStoppedException when stopped
     * @throws ChunkLostException for good, when frames cannot be written as the broker is set
     */
    OpenChunk begin(String job, BooleanSupplier stopped)
            throws InterruptedException, PassStoppedException, ChunkLostException;

    /** A chunk being written. For one thread at a time; ends with {@link #end} or {@link #abandon}. */
    interface OpenChunk {
        /**
         * Hands over one frame, waiting while too much is unacknowledged.
         *
         * @param value of its record; must not be changed afterwards
         * @return nanoseconds waited
         */
        long add(FrameMeta meta, byte[] value) throws InterruptedException, PassStoppedException;

        /** No further frame will come; what is on its way goes on without the caller. */
        void end();

        /** Whether, after {@link #end}, every frame is acknowledged or the chunk is lost. */
        boolean settled();

        /**
         * Waits for the last acknowledgement.
         *
         * @throws ChunkLostException when the chunk does not lie contiguously on the topic and must be written again
         */
        Place await() throws InterruptedException, PassStoppedException, ChunkLostException;

        /** Gives up; does nothing after the chunk is settled. */
        void abandon();
    }

    /** Where a chunk lies; offsets inclusive. */
    record Place(int partition, long firstOffset, long lastOffset) {}

    /** The listener said stop while something was waited for. */
    final class PassStoppedException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /** A chunk that did not arrive whole and in order. */
    final class ChunkLostException extends Exception {
        private static final long serialVersionUID = 1L;
        private final boolean forGood;

        /** One that may arrive when it is written again. */
        public ChunkLostException(String message) {
            this(message, false);
        }

        /** @param forGood whether it would be lost again; the message is then one line that says what to change */
        public ChunkLostException(String message, boolean forGood) {
            super(message);
            this.forGood = forGood;
        }

        boolean forGood() {
            return forGood;
        }
    }
}
