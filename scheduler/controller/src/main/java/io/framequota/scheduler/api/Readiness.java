package io.framequota.scheduler.api;

import io.framequota.scheduler.controller.Scheduler;
import io.framequota.scheduler.dispatch.Status;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/** Ready when it leads and at least one worker is ready. */
@org.eclipse.microprofile.health.Readiness
@ApplicationScoped
public class Readiness implements HealthCheck {
    private final Scheduler scheduler;

    @Inject
    Readiness(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    @Override
    public HealthCheckResponse call() {
        Status status = scheduler.status();
        long workers = status == null
                ? 0
                : status.workers().stream().filter(w -> w.info().ready()).count();
        return HealthCheckResponse.named("scheduler")
                .status(workers > 0)
                .withData("leads", status != null)
                .withData("ready_workers", workers)
                .build();
    }
}
