package io.framequota.ingest.job.ledger;

import io.framequota.contract.control.Chunk;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Knows, for each partition of the frames topic, the lowest offset that an open chunk still needs. A chunk that is being
 * written lies above every one known here, so it is never below that offset.
 */
final class OpenChunkOffsets {
    private static final class Partition {
        final TreeMap<Long, Chunk> open = new TreeMap<>();
        long behindLast;
    }

    private final Map<Integer, Partition> partitions = new HashMap<>();

    /** @return whether it was not known as open */
    synchronized boolean opened(Chunk chunk) {
        Partition p = partitions.computeIfAbsent(chunk.getPartition(), n -> new Partition());
        p.behindLast = Math.max(p.behindLast, chunk.getLastOffset() + 1);
        return !chunk.equals(p.open.put(chunk.getFirstOffset(), chunk));
    }

    /** @return whether it was known as open */
    synchronized boolean closed(Chunk chunk) {
        Partition p = partitions.get(chunk.getPartition());
        return p != null && p.open.remove(chunk.getFirstOffset(), chunk);
    }

    /** The open chunks of a job. */
    synchronized List<Chunk> of(String job) {
        return partitions.values().stream()
                .flatMap(p -> p.open.values().stream())
                .filter(c -> c.getJob().equals(job))
                .toList();
    }

    synchronized void dropped(String job) {
        partitions
                .values()
                .forEach(p -> p.open.values().removeIf(c -> c.getJob().equals(job)));
    }

    /** Partition to the lowest offset needed, for every partition that is known. */
    synchronized Map<Integer, Long> lowest() {
        Map<Integer, Long> lowest = new HashMap<>();
        partitions.forEach((n, p) -> lowest.put(n, p.open.isEmpty() ? p.behindLast : p.open.firstKey()));
        return lowest;
    }
}
