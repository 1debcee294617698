package io.framequota.ingest.chunk.kafka;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Not ready while the broker's settings are such that every job would fail, with the lines that say what to change. */
@Readiness
@ApplicationScoped
class FramesTopicReadiness implements HealthCheck {
    private final FramesTopicCheck check;

    @Inject
    FramesTopicReadiness(FramesTopicCheck check) {
        this.check = check;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("frames topic")
                .status(check.wrong().isEmpty())
                .withData("wrong", String.join("; ", check.wrong()))
                .build();
    }
}
