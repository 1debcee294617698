package io.framequota.ingest.job;

import io.framequota.contract.control.Chunk;

/**
 * A chunk that was written to the broker at some time.
 *
 * @param chunk its offsets are invalid once the chunk is dropped
 * @param firstPtsMs presentation time of its first frame
 */
public record KnownChunk(Chunk chunk, double firstPtsMs, State state) {
    /** The state of a chunk. */
    public enum State {
        /** The frames are on the broker, and the chunk has no result. */
        OPEN,
        /** The chunk has its result. */
        COMMITTED,
        /** The frames are gone without a result: the chunk must be written again. */
        DROPPED
    }
}
