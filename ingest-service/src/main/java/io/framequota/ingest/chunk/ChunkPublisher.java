package io.framequota.ingest.chunk;

import io.framequota.media.decode.SourceException;

/** Reads one source and writes its frames to the frames topic, chunk after chunk. */
public interface ChunkPublisher {
    /**
     * Runs on the caller's thread, which must be a platform thread, and returns at the end of the source. Where a chunk begins
     * and ends depends on the source and the request only, so a resumed pass cuts the same chunks. While the broker is away or
     * full this call waits, without a time limit.
     *
     * @throws LeavePacketsException when the frames should travel as packets and cannot; chunks before the first that cannot be cut
     *     are recorded
     * @throws SourceException when no frame of the source can be decoded
     * @throws FramesRefusedException when the broker refuses the frames and would refuse them again
     * @throws InterruptedException when the thread is interrupted or the recorder says stopped; chunks that were not recorded
     *     do not count
     */
    ChunkingSummary publish(ChunkingRequest request, ChunkRoom room, ChunkRecorder recorder)
            throws SourceException, LeavePacketsException, FramesRefusedException, InterruptedException;
}
