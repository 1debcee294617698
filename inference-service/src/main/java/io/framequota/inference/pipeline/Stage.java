package io.framequota.inference.pipeline;

import io.framequota.inference.frame.ThreadCpuClock;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A stage of the pipeline: a bounded queue and the threads that empty it. It publishes {@code framequota.stage.*} with the tags
 * {@code worker} and {@code stage}: {@code queue.length}, {@code queue.bytes}, {@code busy.seconds} (CPU time of its work), {@code wait.seconds} (its
 * threads have no work), {@code blocked.seconds} (its work waits for something), and how much work went {@code in}, came {@code out} and {@code
 * failed}.
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
    private final LongAdder in = new LongAdder();
    private final LongAdder out = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final List<Thread> threads = new ArrayList<>();
    /** Pieces of work that were added, and that were taken, so far. */
    private final AtomicLong added = new AtomicLong();

    private final AtomicLong taken = new AtomicLong();
    private volatile @Nullable ChunkRun current;
    /** Used by the thread that calls {@link #stuckFor}. */
    private int stuckFor;

    private long progress;

    Stage(String name, int threadCount, BoundedQueue<T> queue, Handler<T> handler, Tags tags, MeterRegistry meters) {
        Tags own = tags.and("stage", name);
        this.name = name;
        this.queue = queue;
        this.handler = handler;
        for (int i = 0; i < threadCount; i++) {
            threads.add(Thread.ofPlatform().name(name + "-" + i).unstarted(this::run));
        }
        Gauge.builder("framequota.stage.queue.length", queue, BoundedQueue::length)
                .description("Work that waits for a stage: chunks, packets or frames")
                .tags(own)
                .register(meters);
        Gauge.builder("framequota.stage.queue.bytes", queue, BoundedQueue::bytes)
                .description("Bytes of the work that waits for a stage")
                .tags(own)
                .register(meters);
        seconds("framequota.stage.busy.seconds", busyNanos, "CPU time of a stage's work", own, meters);
        seconds("framequota.stage.wait.seconds", waitNanos, "Time in which a stage had no work", own, meters);
        seconds(
                "framequota.stage.blocked.seconds",
                blockedNanos,
                "Time in which a stage's work waited for something, such as room in the next stage",
                own,
                meters);
        number("framequota.stage.in", in, "Work that a stage took from its queue", own, meters);
        number("framequota.stage.out", out, "Work that a stage finished", own, meters);
        number("framequota.stage.failed", failed, "Work whose chunk failed by an error inside a stage", own, meters);
    }

    private static void seconds(String metric, LongAdder nanos, String what, Tags tags, MeterRegistry meters) {
        FunctionCounter.builder(metric, nanos, n -> n.sum() / 1e9)
                .description(what)
                .tags(tags)
                .register(meters);
    }

    private static void number(String metric, LongAdder count, String what, Tags tags, MeterRegistry meters) {
        FunctionCounter.builder(metric, count, LongAdder::sum)
                .description(what)
                .tags(tags)
                .register(meters);
    }

    void start() {
        threads.forEach(Thread::start);
    }

    /** Adds work; waits while the queue is full. */
    void put(T work) throws InterruptedException {
        queue.put(work);
        added.incrementAndGet();
    }

    /** Pieces of work that were added with {@link #put} so far. */
    long added() {
        return added.get();
    }

    /**
     * For a stage of one thread. How often in a row this was called while the thread computed, in native code for example, without taking
     * work, passing any on or waiting for anything. Call it once a second, from one thread. A paused process does not count, because
     * it does not call.
     *
     * @param passedOn number of pieces of work that the stage has passed on so far
     */
    int stuckFor(long passedOn) {
        long now = taken.get() + passedOn;
        boolean computes = current != null && threads.getFirst().getState() == Thread.State.RUNNABLE;
        stuckFor = computes && now == progress ? stuckFor + 1 : 0;
        progress = now;
        return stuckFor;
    }

    /** What it works on, one line. */
    String work() {
        ChunkRun run = current;
        return "stage " + name
                + (run == null
                        ? ""
                        : " at chunk " + run.grant.getChunk().getIndex() + " of job "
                                + run.grant.getChunk().getJob());
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
                in.increment();
                long began = System.nanoTime();
                long cpu = ThreadCpuClock.now();
                taken.incrementAndGet();
                current = work.run();
                handle(work);
                current = null;
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
            out.increment();
        } catch (RuntimeException | Error e) {
            failed.increment();
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
