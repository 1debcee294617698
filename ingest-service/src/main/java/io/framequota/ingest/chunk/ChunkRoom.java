package io.framequota.ingest.chunk;

import org.jspecify.annotations.Nullable;

/**
 * The back-pressure of one job: room for chunks that are written and have no result yet. For the pipeline's thread only.
 *
 * <p>Before the pipeline calls {@link #reserve}, which may wait for a long time, it records every chunk that it has written. The
 * partition of a written chunk is free, so another job may write there, and the frames of a chunk that nobody has recorded would
 * be deleted together with the frames below them.
 */
public interface ChunkRoom {
    /**
     * Takes room without waiting.
     *
     * @param bytes that the chunk's frames are expected to take
     * @return null when there is not enough room now
     */
    @Nullable
    Reservation tryReserve(long bytes);

    /**
     * Takes room, and waits until there is enough.
     *
     * @param bytes that the chunk's frames are expected to take
     * @throws InterruptedException when the thread is interrupted or the job is stopped
     */
    Reservation reserve(long bytes) throws InterruptedException;

    /** Room that was taken for one chunk. */
    interface Reservation extends AutoCloseable {
        /** Gives the room back; further calls do nothing. */
        @Override
        void close();
    }
}
