package io.framequota.inference;

import io.framequota.inference.triton.InferenceServer;
import io.framequota.inference.worker.WorkerLoop;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready when the inference server answers and commands can reach the worker. */
@Readiness
@ApplicationScoped
public class WorkerReadiness implements HealthCheck {
    private final InferenceServer server;
    private final WorkerLoop loop;

    WorkerReadiness(InferenceServer server, WorkerLoop loop) {
        this.server = server;
        this.loop = loop;
    }

    @Override
    public HealthCheckResponse call() {
        InferenceServer.Status status = server.status();
        return HealthCheckResponse.named("worker")
                .status(status.ready() && loop.isListening())
                .withData("server", status.server())
                .withData("server-ready", status.ready())
                .withData("transport", status.transport())
                .withData("commands", loop.isListening())
                .build();
    }
}
