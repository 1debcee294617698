package io.framequota.inference.pipeline;

import io.framequota.inference.frame.ThreadCpuClock;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * A stage of the pipeline: a bounded queue and the threads that empty it. It publishes {@code framequota.stage.*} with the tags
 * {@code worker} and {@code stage}: {@code queue.length}, {@code queue.bytes}, {@code busy.seconds} (CPU time of its work), {@code wait.seconds} (its
 * threads have no work) and {@code blocked.seconds} (its work waits for something).
 *
 * @param <T> the work
 */
final class Stage<T extends Stage.Work> implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Stage.class.getName());

    interface Work {
        /** The chunk that this work belongs to. */
        ChunkRun run();
    }

    /** Does one piece of work. An exception fails the chunk of the work. */
    @FunctionalInterface
    interface Handler<T> {
        void handle(T work) throws InterruptedException;
    }

    /** Takes work for a later stage; waits while that stage's queue is full. */
    @FunctionalInterface
    interface Next<T> {
        void accept(T work) throws InterruptedException;
    }

    private final String name;
    private final BoundedQueue<T> queue;
    private final Handler<T> handler;
    private final LongAdder busyNanos = new LongAdder();
    private final LongAdder waitNanos = new LongAdder();
    private final LongAdder blockedNanos = new LongAdder();
    private final List<Thread> threads = new ArrayList<>();

    Stage(String name, int threadCount, BoundedQueue<T> queue, Handler<T> handler, Tags tags, MeterRegistry meters) {
        Tags own = tags.and("stage", name);
        this.name = name;
        this.queue = queue;
        this.handler = handler;
        for (int i = 0; i < threadCount; i++) {
            threads.add(Thread.ofPlatform().name(name + "-" + i).unstarted(this::run));
        }
        Gauge.builder("framequota.stage.queue.length", queue, BoundedQueue::length)
                .tags(own)
                .register(meters);
        Gauge.builder("framequota.stage.queue.bytes", queue, BoundedQueue::bytes)
                .tags(own)
                .register(meters);
        counter("framequota.stage.busy.seconds", busyNanos, own, meters);
        counter("framequota.stage.wait.seconds", waitNanos, own, meters);
        counter("framequota.stage.blocked.seconds", blockedNanos, own, meters);
    }

    private static void counter(String metric, LongAdder nanos, Tags tags, MeterRegistry meters) {
        FunctionCounter.builder(metric, nanos, n -> n.sum() / 1e9).tags(tags).register(meters);
    }

    void start() {
        threads.forEach(Thread::start);
    }

    /** Adds work; waits while the queue is full. */
    void put(T work) throws InterruptedException {
        queue.put(work);
    }

    /**
     * Adds work without waiting.
     *
     * @throws IllegalStateException when the queue is full; it must be long enough that this never happens
     */
    void putNow(T work) {
        if (!queue.offer(work)) {
            throw new IllegalStateException("the queue of stage " + name + " is too short for its work");
        }
    }

    private void run() {
        try {
            while (!Thread.interrupted()) {
                long asked = System.nanoTime();
                T work = queue.take();
                long began = System.nanoTime();
                long cpu = ThreadCpuClock.now();
                handle(work);
                long busy = ThreadCpuClock.now() - cpu;
                busyNanos.add(busy);
                waitNanos.add(began - asked);
                blockedNanos.add(Math.max(0, System.nanoTime() - began - busy));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void handle(T work) throws InterruptedException {
        try {
            handler.handle(work);
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "stage " + name + " failed; its chunk fails with it", e);
            work.run().fail("internal error in stage " + name + ": " + e, false);
        }
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        try {
            for (Thread thread : threads) {
                thread.join(1000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
