package io.framequota.ingest.chunk.kafka;

/** Bounds what all jobs together have handed to the producer and not got acknowledged, in bytes and in records. */
final class InFlightLimit {
    private final long maxBytes;
    private final int maxRecords;
    private long bytes;
    private int records;

    InFlightLimit(long maxBytes, int maxRecords) {
        this.maxBytes = maxBytes;
        this.maxRecords = maxRecords;
    }

    /**
     * Counts one record, waiting up to {@code waitMs} until it is within the limit. A record larger than the limit is sent when no
     * other is in flight.
     *
     * @return whether the record was counted
     */
    synchronized boolean acquire(long size, long waitMs) throws InterruptedException {
        if (!fits(size)) {
            wait(waitMs);
        }
        if (!fits(size)) {
            return false;
        }
        bytes += size;
        records++;
        return true;
    }

    private boolean fits(long size) {
        return records == 0 || records < maxRecords && bytes + size <= maxBytes;
    }

    synchronized void release(long size) {
        bytes -= size;
        records--;
        notifyAll();
    }

    synchronized long bytes() {
        return bytes;
    }
}
