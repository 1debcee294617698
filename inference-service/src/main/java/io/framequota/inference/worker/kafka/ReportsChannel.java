package io.framequota.inference.worker.kafka;

import io.framequota.contract.control.WorkerReport;
import io.framequota.inference.worker.WorkerReportSender;
import io.smallrye.reactive.messaging.kafka.Record;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Emitter;
import org.eclipse.microprofile.reactive.messaging.OnOverflow;

/** Writes reports to their topic, keyed by worker. */
@ApplicationScoped
public class ReportsChannel implements WorkerReportSender {
    /** More reports than a worker makes while the broker is away; heartbeats do not pile up. */
    private static final long BUFFER = 1024;

    private final Emitter<Record<String, byte[]>> emitter;

    ReportsChannel(
            @Channel("reports") @OnOverflow(value = OnOverflow.Strategy.BUFFER, bufferSize = BUFFER)
                    Emitter<Record<String, byte[]>> emitter) {
        this.emitter = emitter;
    }

    @Override
    public CompletionStage<Void> send(WorkerReport report) {
        try {
            return emitter.send(Record.of(report.getWorker(), report.toByteArray()));
        } catch (IllegalStateException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
