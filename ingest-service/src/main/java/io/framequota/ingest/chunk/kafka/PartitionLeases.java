package io.framequota.ingest.chunk.kafka;

import java.util.LinkedHashMap;
import java.util.Map;

/** The partitions of the frames topic. A chunk has one to itself while it is written, so its records are contiguous. */
final class PartitionLeases {
    /** Partition to the job that wrote there last, in the order in which they became free. */
    private final Map<Integer, String> free = new LinkedHashMap<>();

    PartitionLeases(int partitions) {
        for (int i = 0; i < partitions; i++) {
            free.put(i, "");
        }
    }

    /**
     * Takes a partition that the job wrote to last, else the one that has been free longest, waiting up to a time; -1 when
     * none became free. A job that stays where it was pins few segments of others by its open chunks, and its own go early.
     */
    synchronized int lease(String job, long waitMs) throws InterruptedException {
        if (free.isEmpty()) {
            wait(waitMs);
        }
        int partition = free.entrySet().stream()
                .filter(place -> place.getValue().equals(job))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseGet(() -> free.isEmpty() ? -1 : free.keySet().iterator().next());
        free.remove(partition);
        return partition;
    }

    synchronized void release(int partition, String job) {
        free.put(partition, job);
        notifyAll();
    }

    synchronized int leased(int of) {
        return of - free.size();
    }
}
