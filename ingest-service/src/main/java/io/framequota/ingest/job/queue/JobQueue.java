package io.framequota.ingest.job.queue;

import io.framequota.ingest.config.Threads;
import io.framequota.ingest.store.StoreException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * Works on jobs that the database has in line, a bounded number at once, each on a thread of its own. The database is the queue:
 * whatever a process that died was at is found there again. For many threads.
 *
 * @param <T> what is known of a job that is in line
 */
final class JobQueue<T> {
    private static final Logger LOG = Logger.getLogger(JobQueue.class);
    private static final Duration LOOK_ANYWAY = Duration.ofSeconds(5);
    private static final Duration AFTER_TROUBLE = Duration.ofSeconds(1);

    /** What this queue is about. */
    interface Line<T> {
        /**
         * The next that is in line, other than these jobs, which are being worked on.
         *
         * @throws StoreException when that is not known; it is asked again later
         */
        Optional<T> next(Set<String> others);

        /** The job's id. */
        String id(T next);

        /**
         * Works on it. May block, and throws nothing.
         *
         * @param stopped whether the job has ended
         */
        void work(T next, BooleanSupplier stopped);
    }

    private static final class Work {
        private volatile boolean stopped;

        boolean stopped() {
            return stopped;
        }
    }

    private final String name;
    private final Line<T> line;
    private final BiFunction<String, Runnable, Thread> threads;
    private final Semaphore slots;
    private final Semaphore look = new Semaphore(0);
    private final Map<String, Work> running = new ConcurrentHashMap<>();
    private final Thread dispatcher;

    /**
     * A queue that is still.
     *
     * @param name what is done with sources, as a verb
     * @param atOnce jobs at most
     * @param threads makes a thread, not started, of a name and its work
     */
    JobQueue(String name, int atOnce, BiFunction<String, Runnable, Thread> threads, Line<T> line) {
        this.name = name;
        this.line = line;
        this.threads = threads;
        this.slots = new Semaphore(atOnce);
        this.dispatcher = Threads.virtual(name + "-dispatcher", this::dispatch);
    }

    void start() {
        dispatcher.start();
    }

    /** There may be something in line. Returns at once. */
    void wake() {
        if (look.availablePermits() == 0) {
            look.release();
        }
    }

    /** The job has ended: work on it, if there is any, ends soon. */
    void stop(String job) {
        Work work = running.get(job);
        if (work != null) {
            work.stopped = true;
        }
    }

    /** For work that met trouble and is in line again: it is not tried at once. */
    static void pause() {
        try {
            Thread.sleep(AFTER_TROUBLE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Jobs that are being worked on. */
    int size() {
        return running.size();
    }

    void close() throws InterruptedException {
        dispatcher.interrupt();
        dispatcher.join();
        running.keySet().forEach(this::stop);
    }

    private void dispatch() {
        try {
            while (true) {
                slots.acquire();
                Optional<T> next = next();
                if (next.isPresent()) {
                    begin(next.get());
                } else {
                    slots.release();
                    look.tryAcquire(LOOK_ANYWAY.toMillis(), TimeUnit.MILLISECONDS);
                    look.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<T> next() throws InterruptedException {
        try {
            return line.next(running.keySet());
        } catch (StoreException e) {
            LOG.warnf("what there is to %s is asked later: %s", name, e.getMessage());
            Thread.sleep(AFTER_TROUBLE);
            return Optional.empty();
        }
    }

    private void begin(T next) {
        String id = line.id(next);
        Work work = new Work();
        running.put(id, work);
        threads.apply(name + "-" + id, () -> {
                    try {
                        line.work(next, work::stopped);
                    } finally {
                        running.remove(id);
                        slots.release();
                        // What waited for its end, such as for room, may be in line now.
                        wake();
                    }
                })
                .start();
    }
}
