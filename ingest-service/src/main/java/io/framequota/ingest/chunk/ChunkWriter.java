package io.framequota.ingest.chunk;

import java.util.Map;
import java.util.function.BooleanSupplier;

/** Writes chunks to the frames topic, each contiguously to one partition. Safe for use by many threads. */
public interface ChunkWriter {
    /**
     * Takes a partition for a chunk of a job, and waits until one is free.
     *
     * @param stopped asked while this call and the chunk's calls wait; when true, they throw InterruptedException
     * @throws FramesRefusedException when frames cannot be written with the broker's settings
     */
    OpenChunk begin(String job, BooleanSupplier stopped) throws InterruptedException, FramesRefusedException;

    /** A chunk that is being written, for one thread at a time. It holds its partition until it is ended and settled. */
    interface OpenChunk {
        /**
         * Sends one record; waits while too many bytes of all jobs are unacknowledged.
         *
         * @param headers of the record by name
         * @param value must not be changed afterwards
         * @return nanoseconds that this call waited
         */
        long add(Map<String, byte[]> headers, byte[] value) throws InterruptedException;

        /**
         * Says that no further frame follows, whether the chunk is whole or given up. Records on their way are not called back.
         * Further calls do nothing.
         */
        void end();

        /** Whether the chunk is ended and each of its records is acknowledged or refused. */
        boolean isSettled();

        /**
         * Waits, after {@link #end}, for the last acknowledgement.
         *
         * @throws ChunkLostException when the chunk does not lie contiguously on the topic and must be written again
         * @throws FramesRefusedException when the broker would refuse a frame again
         */
        Place await() throws InterruptedException, ChunkLostException, FramesRefusedException;
    }

    /**
     * Where a chunk lies on the frames topic.
     *
     * @param lastOffset inclusive
     */
    record Place(int partition, long firstOffset, long lastOffset) {}

    /** The chunk did not arrive whole and in order; it may when it is written again. */
    final class ChunkLostException extends Exception {
        private static final long serialVersionUID = 1L;

        public ChunkLostException(String message) {
            super(message);
        }
    }
}
