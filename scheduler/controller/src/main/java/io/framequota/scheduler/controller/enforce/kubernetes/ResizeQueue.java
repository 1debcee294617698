package io.framequota.scheduler.controller.enforce.kubernetes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Carries out resizes, up to {@link #PARALLEL} at a time: one after the other, some ms each, they would take seconds for a thousand
 * workers. Resizes of the same pod keep their order, and a raise begins after every earlier lowering, which may make room for it. For
 * one thread that submits.
 */
final class ResizeQueue implements AutoCloseable {
    /** Requests that the API server gets at once: enough to fill the time that one takes, few enough for its flow control. */
    static final int PARALLEL = 16;

    private static final long CLOSE_SECONDS = 5;

    private final ExecutorService threads = Executors.newFixedThreadPool(
            PARALLEL, Thread.ofPlatform().name("resize-", 0).daemon().factory());
    /** The last resize of each pod that may not be done yet. */
    private final Map<String, CompletableFuture<Void>> last = new HashMap<>();

    private List<CompletableFuture<Void>> lowered = new ArrayList<>();

    /** Carries out a resize, later. The task handles its own failures. */
    void submit(String pod, boolean raises, Runnable resize) {
        last.values().removeIf(CompletableFuture::isDone);
        lowered.removeIf(CompletableFuture::isDone);
        CompletableFuture<Void> before = last.getOrDefault(pod, CompletableFuture.allOf());
        if (raises) {
            List<CompletableFuture<Void>> all = new ArrayList<>(lowered);
            all.add(before);
            before = CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new));
        }
        CompletableFuture<Void> done = before.handle((result, failure) -> pod).thenRunAsync(resize, threads);
        last.put(pod, done);
        if (!raises) {
            lowered.add(done);
        }
    }

    /** Waits until all resizes so far are done. */
    void await() {
        try {
            CompletableFuture.allOf(last.values().toArray(CompletableFuture<?>[]::new))
                    .join();
        } catch (CompletionException e) {
            throw new IllegalStateException("a resize failed unexpectedly", e);
        }
    }

    /** Resizes that have begun are finished, so that none takes effect later. */
    @Override
    public void close() {
        threads.shutdownNow();
        try {
            threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
