package io.framequota.lab.videos;

import com.fasterxml.jackson.databind.JsonNode;
import io.framequota.client.ServerClient;
import io.framequota.common.failure.Failure;
import io.framequota.lab.experiment.Run;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Samples the quotas of the workers of each job during a run, from a separate thread until {@link #close}.
 */
final class AllocationSampler implements AutoCloseable {
    /** A quota is written at most once in this period. */
    private static final long PERIOD_MS = 100;

    private record Sample(Instant at, Map<String, Double> millicores) {}

    private final ServerClient client;
    private final List<Sample> samples = new ArrayList<>();
    private final Thread thread;

    AllocationSampler(ServerClient client) {
        this.client = client;
        this.thread = Thread.ofVirtual().name("shares").start(this::look);
    }

    private void look() {
        try {
            while (true) {
                try {
                    Instant at = Instant.now();
                    Sample sample = new Sample(at, inForce(client.get("/api/v1/allocation")));
                    synchronized (samples) {
                        samples.add(sample);
                    }
                } catch (Failure e) {
                    // A missing sample does no harm; waiting for jobs fails if the system is gone.
                }
                TimeUnit.MILLISECONDS.sleep(PERIOD_MS);
            }
        } catch (InterruptedException e) {
            // The run is over.
        }
    }

    /** Millicores in force by job, summed over the workers that run a chunk of it. */
    static Map<String, Double> inForce(JsonNode allocation) {
        Map<String, Double> millicores = new HashMap<>();
        for (JsonNode worker : allocation.path("workers")) {
            if (worker.path("running").isObject() && worker.path("millicores").isObject()) {
                millicores.merge(
                        worker.path("running").path("job").asText(),
                        worker.path("millicores").path("quota").asDouble(),
                        Double::sum);
            }
        }
        return millicores;
    }

    /** Throttled seconds of all workers since the system started. */
    static double throttledS(JsonNode allocation) {
        double sum = 0;
        for (JsonNode worker : allocation.path("workers")) {
            sum += worker.path("millicores").path("throttled_seconds").asDouble();
        }
        return sum;
    }

    /** Changes from one sample to the next. */
    List<Run.Change> changes(Map<String, Integer> requests, Instant start) {
        List<Run.Change> changes = new ArrayList<>();
        Map<Integer, Double> before = new TreeMap<>();
        requests.values().forEach(r -> before.put(r, 0.0));
        synchronized (samples) {
            for (Sample sample : samples) {
                requests.forEach((job, request) -> {
                    double now = sample.millicores.getOrDefault(job, 0.0);
                    if (now != before.getOrDefault(request, 0.0)) {
                        before.put(request, now);
                        changes.add(
                                new Run.Change(Math.max(0, CompletedRequest.seconds(start, sample.at)), request, now));
                    }
                });
            }
        }
        return List.copyOf(changes);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
