package io.framequota.ingest.job.queue;

import io.framequota.ingest.config.Threads;
import io.framequota.ingest.store.StoreException;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * One stage of jobs: takes waiting jobs from the database and works on a bounded number of them at a time, each on a thread of its
 * own. The database is the queue, so a restarted process finds what its predecessor worked on. Thread-safe.
 *
 * @param <T> what the stage needs to know of a job
 */
abstract class JobQueue<T> {
    private static final Logger LOG = Logger.getLogger(JobQueue.class);
    /** The database is asked this often even when nobody calls {@link #wake}. */
    private static final Duration POLL_INTERVAL = Duration.ofSeconds(5);

    private static final Duration RETRY_DELAY = Duration.ofSeconds(1);
    private static final Duration INTERRUPT_TIMEOUT = Duration.ofSeconds(5);

    /** Work on one job. */
    static final class Task {
        private final Thread thread;
        private final long startNanos = System.nanoTime();
        private volatile boolean stopped;

        private Task(Thread thread) {
            this.thread = thread;
        }

        boolean isStopped() {
            return stopped;
        }

        Duration age() {
            return Duration.ofNanos(System.nanoTime() - startNanos);
        }
    }

    private final String name;
    private final BiFunction<String, Runnable, Thread> threads;
    private final boolean interruptible;
    private final Semaphore slots;
    private final Semaphore wakeUp = new Semaphore(0);
    private final Map<String, Task> running = new ConcurrentHashMap<>();
    private final Thread dispatcher;

    /**
     * @param name what the stage does with jobs, as a verb
     * @param limit number of jobs at a time
     * @param threads creates an unstarted thread from a name and its work
     * @param interruptible whether {@link #stop} interrupts the work's thread; then {@link #close} waits up to 5 s for it
     */
    JobQueue(String name, int limit, BiFunction<String, Runnable, Thread> threads, boolean interruptible) {
        this.name = name;
        this.interruptible = interruptible;
        this.threads = threads;
        this.slots = new Semaphore(limit);
        this.dispatcher = Threads.virtual(name + "-dispatcher", this::dispatch);
    }

    /**
     * The next waiting job other than those that are being worked on.
     *
     * @throws StoreException when the database does not answer; it is asked again later
     */
    abstract Optional<T> next(Set<String> running);

    /** The id of a job. */
    abstract String id(T job);

    /**
     * Works on a job. May block. Must not throw.
     *
     * @param stopped whether {@link #stop} was called for the job
     */
    abstract void work(T job, BooleanSupplier stopped);

    /** Called when a job may be waiting and the limit is reached. */
    void onFull() {}

    /** Starts to take jobs. */
    public void start() {
        dispatcher.start();
    }

    /** Looks for waiting jobs soon. Returns at once. */
    public void wake() {
        if (wakeUp.availablePermits() == 0) {
            wakeUp.release();
        }
    }

    /** Asks the work on a job to end soon, if there is any. */
    public void stop(String job) {
        Task task = running.get(job);
        if (task != null) {
            task.stopped = true;
            if (interruptible) {
                task.thread.interrupt();
            }
        }
    }

    /** The jobs that are being worked on. */
    final Map<String, Task> running() {
        return running;
    }

    @PreDestroy
    void close() throws InterruptedException {
        dispatcher.interrupt();
        dispatcher.join();
        running.keySet().forEach(this::stop);
        if (interruptible) {
            for (Task task : running.values()) {
                task.thread.join(INTERRUPT_TIMEOUT);
            }
        }
    }

    /** Delays the end of work that failed for a cause that may go away, because the job is taken again afterwards. */
    static void delayRetry() {
        try {
            Thread.sleep(RETRY_DELAY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void dispatch() {
        try {
            while (true) {
                if (slots.tryAcquire()) {
                    Optional<T> job = tryNext();
                    if (job.isPresent()) {
                        begin(job.get());
                        continue;
                    }
                    slots.release();
                } else {
                    onFull();
                }
                wakeUp.tryAcquire(POLL_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
                wakeUp.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<T> tryNext() {
        try {
            return next(running.keySet());
        } catch (StoreException e) {
            LOG.warnf("the jobs to %s cannot be read and are read again later: %s", name, e.getMessage());
            return Optional.empty();
        }
    }

    private void begin(T job) {
        String id = id(job);
        Thread worker = threads.apply(name + "-" + id, () -> run(id, job));
        running.put(id, new Task(worker));
        worker.start();
    }

    private void run(String id, T job) {
        Task task = Objects.requireNonNull(running.get(id));
        try {
            work(job, () -> task.stopped);
        } finally {
            running.remove(id);
            slots.release();
            wake();
        }
    }
}
