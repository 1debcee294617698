package io.framequota.inference;

import io.framequota.inference.triton.ServerStatus;
import io.framequota.inference.triton.TritonServer;
import io.framequota.inference.worker.WorkerLoop;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready when the inference server answers and commands reach the worker. */
@Readiness
@ApplicationScoped
public class WorkerReadiness implements HealthCheck {
    private final TritonServer server;
    private final WorkerLoop loop;

    WorkerReadiness(TritonServer server, WorkerLoop loop) {
        this.server = server;
        this.loop = loop;
    }

    @Override
    public HealthCheckResponse call() {
        ServerStatus status = server.status();
        return HealthCheckResponse.named("worker")
                .status(status.ready() && loop.isListening())
                .withData("server", status.server())
                .withData("server-ready", status.ready())
                .withData("transport", status.transport())
                .withData("commands", loop.isListening())
                .build();
    }
}
