package io.framequota.ingest.api;

import io.framequota.ingest.report.ReportedWorkers;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready when a submitted job would run: the scheduler and at least one worker are ready. */
@Readiness
@Singleton
final class SystemReadiness implements HealthCheck {
    private final SchedulerClient scheduler;
    private final ReportedWorkers workers;

    SystemReadiness(SchedulerClient scheduler, ReportedWorkers workers) {
        this.scheduler = scheduler;
        this.workers = workers;
    }

    @Override
    public HealthCheckResponse call() {
        boolean schedulerReady = scheduler.isReady();
        long ready = workers.readyCount();
        return HealthCheckResponse.named("system")
                .status(schedulerReady && ready > 0)
                .withData("scheduler", schedulerReady)
                .withData("workers", ready)
                .build();
    }
}
