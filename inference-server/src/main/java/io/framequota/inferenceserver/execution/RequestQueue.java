package io.framequota.inferenceserver.execution;

import java.util.Comparator;
import java.util.concurrent.PriorityBlockingQueue;

/** The waiting requests of one caller: those with a priority first, and in order of arrival among equals. Full at a limit. */
final class RequestQueue extends PriorityBlockingQueue<Runnable> {
    private static final long serialVersionUID = 1L;
    private static final Comparator<Runnable> ORDER = Comparator.comparing(
            waiting -> (Waiting) waiting,
            Comparator.<Waiting>comparingLong(Waiting::rank).thenComparingLong(Waiting::arrival));

    private final int limit;

    /**
     * A request in the queue.
     *
     * @param priority 1 for the highest, 0 for none
     * @param arrival rises from request to request
     */
    record Waiting(long priority, long arrival, Runnable work) implements Runnable {
        private long rank() {
            return priority > 0 ? priority : Long.MAX_VALUE;
        }

        @Override
        public void run() {
            work.run();
        }
    }

    RequestQueue(int limit) {
        super(Math.min(limit, 16), ORDER);
        this.limit = limit;
    }

    @Override
    public synchronized boolean offer(Runnable waiting) {
        return size() < limit && super.offer(waiting);
    }
}
