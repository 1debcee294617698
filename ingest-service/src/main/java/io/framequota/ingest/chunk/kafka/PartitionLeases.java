package io.framequota.ingest.chunk.kafka;

import java.util.LinkedHashMap;
import java.util.Map;

/** Leases each partition of the frames topic to one chunk at a time, so a chunk's records are contiguous. */
final class PartitionLeases {
    private final int partitions;
    /** Free partition to the job that wrote there last, in the order in which the partitions became free. */
    private final Map<Integer, String> free = new LinkedHashMap<>();

    PartitionLeases(int partitions) {
        this.partitions = partitions;
        for (int i = 0; i < partitions; i++) {
            free.put(i, "");
        }
    }

    /**
     * Takes a partition to which the job wrote last, else the partition that has been free for the longest time. A job that stays on
     * its partitions has few open chunks between the chunks of other jobs, so its segments are deleted early.
     *
     * @return -1 when no partition became free within {@code waitMs}
     */
    synchronized int lease(String job, long waitMs) throws InterruptedException {
        if (free.isEmpty()) {
            wait(waitMs);
        }
        int partition = free.entrySet().stream()
                .filter(p -> p.getValue().equals(job))
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

    synchronized int leased() {
        return partitions - free.size();
    }
}
