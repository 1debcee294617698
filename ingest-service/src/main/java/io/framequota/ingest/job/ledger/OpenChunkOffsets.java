package io.framequota.ingest.job.ledger;

import io.framequota.contract.control.Chunk;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The lowest offset that an open chunk needs, for each partition of the frames topic. A chunk that is being written has higher
 * offsets than every chunk here. Thread-safe.
 */
final class OpenChunkOffsets {
    private static final class Partition {
        final TreeMap<Long, Chunk> open = new TreeMap<>();
        long nextOffset;
    }

    private final Map<Integer, Partition> partitions = new HashMap<>();

    /** Adds an open chunk. Returns false when it is here already. */
    synchronized boolean add(Chunk chunk) {
        Partition p = partitions.computeIfAbsent(chunk.getPartition(), n -> new Partition());
        p.nextOffset = Math.max(p.nextOffset, chunk.getLastOffset() + 1);
        return !chunk.equals(p.open.put(chunk.getFirstOffset(), chunk));
    }

    /** Removes a chunk. Returns false when it is not here. */
    synchronized boolean remove(Chunk chunk) {
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

    /** Removes all chunks of a job. */
    synchronized void removeAll(String job) {
        partitions
                .values()
                .forEach(p -> p.open.values().removeIf(c -> c.getJob().equals(job)));
    }

    /** The lowest offset that is needed, for every partition that ever had an open chunk. */
    synchronized Map<Integer, Long> lowest() {
        Map<Integer, Long> lowest = new HashMap<>();
        partitions.forEach((n, p) -> lowest.put(n, p.open.isEmpty() ? p.nextOffset : p.open.firstKey()));
        return lowest;
    }
}
