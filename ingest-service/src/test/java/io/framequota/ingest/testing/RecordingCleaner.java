package io.framequota.ingest.testing;

import io.framequota.ingest.chunk.FrameCleaner;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Records requests for the deletion of frames. */
@Singleton
@Alternative
public class RecordingCleaner implements FrameCleaner {
    private final Map<Integer, Long> below = new ConcurrentHashMap<>();

    /** Lowest needed offset of a partition in the last request. */
    public long below(int partition) {
        return below.getOrDefault(partition, -1L);
    }

    @Override
    public void deleteBelow(Map<Integer, Long> lowestNeeded) {
        below.putAll(lowestNeeded);
    }
}
