package io.framequota.ingest.chunk;

import java.util.Map;

/** Deletes frames that no open chunk needs any more. */
public interface FrameCleaner {
    /**
     * Requests the deletion of all frames below an offset and returns at once. A deletion that fails is repeated by the next call
     * with the same or a higher offset.
     *
     * @param lowestNeeded partition of the frames topic to the lowest offset that is still needed
     */
    void deleteBelow(Map<Integer, Long> lowestNeeded);
}
