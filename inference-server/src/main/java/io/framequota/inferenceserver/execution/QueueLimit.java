package io.framequota.inferenceserver.execution;

/**
 * How much may wait for one model.
 *
 * @param requests that wait
 * @param bytes of this process's memory that they hold together; one request alone may hold more
 */
public record QueueLimit(int requests, long bytes) {
    private static final int MOST_REQUESTS = 256;
    private static final long MOST_BYTES = 256L << 20;

    /** The limit of a process whose heap may grow so large: at most a quarter of it waits for one model. */
    public static QueueLimit forHeap(long heapBytes) {
        return new QueueLimit(MOST_REQUESTS, Math.min(MOST_BYTES, heapBytes / 4));
    }

    /** With another number of requests. */
    public QueueLimit withRequests(int number) {
        return new QueueLimit(number, bytes);
    }
}
