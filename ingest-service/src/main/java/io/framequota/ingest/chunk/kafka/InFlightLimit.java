package io.framequota.ingest.chunk.kafka;

/** Bounds what is handed to the producer and not acknowledged, over all jobs, in bytes and in records. */
final class InFlightLimit {
    private final long maxBytes;
    private final int maxRecords;
    private long bytes;
    private int records;

    InFlightLimit(long maxBytes, int maxRecords) {
        this.maxBytes = maxBytes;
        this.maxRecords = maxRecords;
    }

    /** Takes room, waiting up to a time; a record larger than the bound goes alone. */
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
