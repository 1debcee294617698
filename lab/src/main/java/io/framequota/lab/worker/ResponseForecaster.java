package io.framequota.lab.worker;

import io.framequota.scheduler.dispatch.DispatcherSnapshot;
import io.framequota.scheduler.simulator.Arrival;
import io.framequota.scheduler.simulator.BacklogProjection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Forecasts the response of arriving jobs from the dispatcher's snapshot. A separate thread computes forecasts while the
 * run continues, as in the production scheduler.
 */
final class ResponseForecaster implements AutoCloseable {
    private final Map<Long, Double> responses = new ConcurrentHashMap<>();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            r -> Thread.ofPlatform().daemon().name("forecast").unstarted(r));

    /**
     * Starts the forecast for a job.
     *
     * @param job the job's id in the snapshot
     * @param goneS seconds since it came
     */
    void ask(DispatcherSnapshot present, Arrival arrival, String job, double goneS) {
        thread.execute(() -> BacklogProjection.of(present, 0).ends().stream()
                .filter(e -> e.job().equals(job) && !e.refused() && e.endS() < Double.POSITIVE_INFINITY)
                .findFirst()
                .ifPresent(e -> responses.put(arrival.id(), goneS + e.endS())));
    }

    /** Waits for pending forecasts, and returns the responses by job. */
    Map<Long, Double> responses() throws InterruptedException {
        thread.shutdown();
        if (!thread.awaitTermination(1, TimeUnit.MINUTES)) {
            thread.shutdownNow();
        }
        return new HashMap<>(responses);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
