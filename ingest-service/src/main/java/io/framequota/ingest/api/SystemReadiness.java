package io.framequota.ingest.api;

import io.framequota.ingest.report.ReportedWorkers;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready when a job submitted now would run: the scheduler is, and so is at least one worker. */
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
        boolean schedulerReady = scheduler.ready();
        long ready = workers.ready();
        return HealthCheckResponse.named("system")
                .status(schedulerReady && ready > 0)
                .withData("scheduler", schedulerReady)
                .withData("workers", ready)
                .build();
    }
}
