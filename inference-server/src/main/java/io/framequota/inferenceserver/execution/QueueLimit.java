package io.framequota.inferenceserver.execution;

/**
 * The limit of the queue of one model.
 *
 * @param requests waiting requests
 * @param bytes of this process's memory that waiting requests hold together; a single request may hold more
 */
public record QueueLimit(int requests, long bytes) {
    private static final int MOST_REQUESTS = 256;
    private static final long MOST_BYTES = 256L << 20;

    /** The limit for a process with this maximum heap: at most a quarter of the heap waits for one model. */
    public static QueueLimit forHeap(long heapBytes) {
        return new QueueLimit(MOST_REQUESTS, Math.min(MOST_BYTES, heapBytes / 4));
    }

    /** The same limit with another number of requests. */
    public QueueLimit withRequests(int number) {
        return new QueueLimit(number, bytes);
    }
}
