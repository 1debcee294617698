package io.framequota.ingest.publish.kafka;

import java.util.ArrayDeque;
import java.util.Queue;

/** The partitions of the frames topic. A chunk has one to itself while it is written, so its records are contiguous. */
final class PartitionPool {
    private final Queue<Integer> free = new ArrayDeque<>();

    PartitionPool(int partitions) {
        for (int i = 0; i < partitions; i++) {
            free.add(i);
        }
    }

    /** Takes the partition that has been free longest, waiting up to a time; -1 when none became free. */
    synchronized int lease(long waitMs) throws InterruptedException {
        if (free.isEmpty()) {
            wait(waitMs);
        }
        Integer partition = free.poll();
        return partition == null ? -1 : partition;
    }

    synchronized void release(int partition) {
        free.add(partition);
        notifyAll();
    }

    synchronized int leased(int of) {
        return of - free.size();
    }
}
