package io.framequota.ingest.job;

import io.framequota.contract.control.Chunk;

/**
 * A chunk that some pass has written.
 *
 * @param chunk its offsets are void once it is dropped
 * @param firstPtsMs time of its first frame
 */
public record KnownChunk(Chunk chunk, double firstPtsMs, State state) {
    /** Where a chunk stands. */
    public enum State {
        /** Its frames are on the broker. */
        OPEN,
        /** It has its result. */
        COMMITTED,
        /** Neither: it must be written again. */
        DROPPED
    }
}
