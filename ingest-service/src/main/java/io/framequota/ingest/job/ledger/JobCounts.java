package io.framequota.ingest.job.ledger;

import io.framequota.ingest.store.JobStore;
import io.framequota.ingest.store.StoreException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The metric of the jobs in the database by state, which is read when somebody asks, and not more often than every five seconds. */
@Singleton
@Startup
final class JobCounts {
    private static final long FRESH_NANOS = Duration.ofSeconds(5).toNanos();

    private final JobStore jobs;
    private Map<String, Long> counts = Map.of();
    private boolean known;
    private long readAt = System.nanoTime() - FRESH_NANOS;

    JobCounts(JobStore jobs, MeterRegistry metrics) {
        this.jobs = jobs;
        for (String state : List.of("QUEUED", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED")) {
            Gauge.builder("framequota.jobs", this, c -> c.of(state))
                    .description("Jobs that are kept, by state; NaN while the database does not answer")
                    .tag("state", state)
                    .register(metrics);
        }
    }

    private synchronized double of(String state) {
        long now = System.nanoTime();
        if (now - readAt >= FRESH_NANOS) {
            readAt = now;
            try {
                counts = jobs.countByState();
                known = true;
            } catch (StoreException e) {
                known = false;
            }
        }
        return known ? counts.getOrDefault(state, 0L) : Double.NaN;
    }
}
