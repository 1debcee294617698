package io.framequota.scheduler.controller.api;

import io.framequota.scheduler.controller.Scheduler;
import io.smallrye.health.api.HealthGroup;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/**
 * Readiness of one of several schedulers, at {@code /q/health/group/replica}: the leader is ready as by {@link LeaderReadiness},
 * any other scheduler if it would take over.
 */
@HealthGroup("replica")
@ApplicationScoped
public class ReplicaReadiness implements HealthCheck {
    private final Scheduler scheduler;
    private final LeaderReadiness leading;

    @Inject
    ReplicaReadiness(Scheduler scheduler, @org.eclipse.microprofile.health.Readiness LeaderReadiness leading) {
        this.scheduler = scheduler;
        this.leading = leading;
    }

    @Override
    public HealthCheckResponse call() {
        boolean standsBy = scheduler.isStandby();
        boolean ready = standsBy || leading.call().getStatus() == HealthCheckResponse.Status.UP;
        return HealthCheckResponse.named("replica")
                .status(ready)
                .withData("stands_by", standsBy)
                .build();
    }
}
