package io.framequota.ingest.chunk;

import java.util.Map;

/** Removes frames that no open chunk needs any more. */
public interface FrameCleaner {
    /**
     * Asks for the removal of everything below an offset; returns at once. What fails is tried again by the next call
     * with the same or a higher offset.
     *
     * @param lowestNeeded partition of the frames topic to the lowest offset still needed
     */
    void deleteBelow(Map<Integer, Long> lowestNeeded);
}
