package io.framequota.scheduler.controller.api;

import io.framequota.scheduler.controller.Scheduler;
import io.framequota.scheduler.dispatch.DispatcherStatus;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/** Ready if this scheduler leads and at least one worker is ready. */
@org.eclipse.microprofile.health.Readiness
@ApplicationScoped
public class LeaderReadiness implements HealthCheck {
    private final Scheduler scheduler;

    @Inject
    LeaderReadiness(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    @Override
    public HealthCheckResponse call() {
        DispatcherStatus status = scheduler.status();
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
