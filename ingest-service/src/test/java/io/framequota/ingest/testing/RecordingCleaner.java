package io.framequota.ingest.testing;

import io.framequota.ingest.chunk.FrameCleaner;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Records the offsets below which frames were to be deleted. */
@Singleton
@Alternative
public class RecordingCleaner implements FrameCleaner {
    private final Map<Integer, Long> below = new ConcurrentHashMap<>();

    /** The last such offset of a partition. */
    public long below(int partition) {
        return below.getOrDefault(partition, -1L);
    }

    @Override
    public void deleteBelow(Map<Integer, Long> lowestNeeded) {
        below.putAll(lowestNeeded);
    }
}
