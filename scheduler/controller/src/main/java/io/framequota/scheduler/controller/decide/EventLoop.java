package io.framequota.scheduler.controller.decide;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that changes scheduling state. Tasks run in the order in which they were posted; after each batch of tasks, and
 * at least once a tick, {@code afterBatch} runs. The queue is bounded; posting blocks while it is full.
 */
public final class EventLoop implements LoopExecutor, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(EventLoop.class);
    private static final int CAPACITY = 65_536;
    private static final int BATCH = 1_024;
    private static final long ANSWER_SECONDS = 5;

    private final BlockingQueue<Runnable> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final Runnable tick;
    private final Runnable afterBatch;
    private final long tickNanos;
    private final LongSupplier nanoTime;
    private final Thread thread;
    // Confined to the thread.
    private final List<Runnable> batch = new ArrayList<>(BATCH);
    private long nextTick;
    private volatile boolean closed;

    /** @param nanoTime a clock that never goes back, in nanoseconds */
    public EventLoop(long tickMillis, Runnable tick, Runnable afterBatch, LongSupplier nanoTime) {
        this.tickNanos = TimeUnit.MILLISECONDS.toNanos(tickMillis);
        this.tick = tick;
        this.afterBatch = afterBatch;
        this.nanoTime = nanoTime;
        this.nextTick = nanoTime.getAsLong();
        this.thread = Thread.ofPlatform().name("decide").daemon().unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /** Number of waiting tasks. */
    public int depth() {
        return queue.size();
    }

    /** Does nothing once the loop is closed. */
    @Override
    public void post(Runnable task) {
        try {
            while (!closed && !queue.offer(task, 100, TimeUnit.MILLISECONDS)) {
                // Full; try again, unless the loop was closed.
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public <T extends @Nullable Object> T ask(Supplier<T> query) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        post(() -> {
            try {
                answer.complete(query.get());
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        try {
            return answer.get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the event loop", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("the event loop did not answer within " + ANSWER_SECONDS + " s", e);
        }
    }

    private void run() {
        try {
            while (!closed) {
                turn();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for a task or the next tick and runs what is due. */
    public void turn() throws InterruptedException {
        Runnable first = queue.poll(Math.max(0, nextTick - nanoTime.getAsLong()), TimeUnit.NANOSECONDS);
        if (first != null) {
            batch.add(first);
            queue.drainTo(batch, BATCH - 1);
            batch.forEach(EventLoop::guarded);
            batch.clear();
        }
        // Only with an empty queue: a worker must not time out while its report waits there.
        if (nanoTime.getAsLong() - nextTick >= 0 && queue.isEmpty()) {
            nextTick = nanoTime.getAsLong() + tickNanos;
            guarded(tick);
        }
        guarded(afterBatch);
    }

    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            // One bad message must not stop the scheduler.
            LOG.error("a task of the event loop failed", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
