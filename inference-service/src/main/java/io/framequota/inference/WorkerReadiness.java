package io.framequota.inference;

import io.framequota.inference.triton.ServerStatus;
import io.framequota.inference.worker.WorkerLoops;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Ready when the inference server of every worker answers and commands reach the workers. */
@Readiness
@ApplicationScoped
public class WorkerReadiness implements HealthCheck {
    private final WorkerHost host;
    private final WorkerLoops loops;

    WorkerReadiness(WorkerHost host, WorkerLoops loops) {
        this.host = host;
        this.loops = loops;
    }

    @Override
    public HealthCheckResponse call() {
        boolean ready = loops.isListening();
        HealthCheckResponseBuilder answer = HealthCheckResponse.named("worker").withData("commands", ready);
        for (InferenceWorker worker : host.workers()) {
            ServerStatus status = worker.status();
            ready &= status.ready();
            answer.withData(
                    worker.name(),
                    status.server() + (status.ready() ? " is ready, transport " + status.transport() : " is away"));
        }
        return answer.status(ready).build();
    }
}
