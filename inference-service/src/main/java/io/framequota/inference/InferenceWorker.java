package io.framequota.inference;

import io.framequota.common.access.InferenceToken;
import io.framequota.contract.control.Queued;
import io.framequota.inference.config.WorkerConfig;
import io.framequota.inference.intake.kafka.KafkaFrameReaderFactory;
import io.framequota.inference.model.LabelFiles;
import io.framequota.inference.model.ModelSpecFactory;
import io.framequota.inference.pipeline.Pipeline;
import io.framequota.inference.publish.DeadLetters;
import io.framequota.inference.publish.ResultPublisher;
import io.framequota.inference.triton.TritonServer;
import io.framequota.inference.worker.WorkerLoop;
import io.framequota.inference.worker.WorkerReportFactory;
import io.framequota.inference.worker.WorkerReportSender;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Wires the worker, starts it with the process and lets it leave when the process stops. */
@Singleton
public class InferenceWorker {
    private static final System.Logger LOG = System.getLogger(InferenceWorker.class.getName());
    /** Time for the broker to accept the last report. */
    private static final Duration LAST_REPORT_TIMEOUT = Duration.ofSeconds(1);

    private static final Pattern HOST_AND_PORT = Pattern.compile("(.+):([0-9]{1,5})");

    private final WorkerConfig config;
    private final TritonServer server;
    private final Pipeline pipeline;
    private final WorkerLoop loop;

    InferenceWorker(
            WorkerConfig config,
            KafkaFrameReaderFactory frames,
            MeterRegistry meters,
            WorkerReportSender reports,
            ResultPublisher results,
            DeadLetters deadLetters) {
        this.config = config;
        server = new TritonServer(
                serverOptions(config),
                new ModelSpecFactory(new LabelFiles(config.modelRepository().orElse(null))),
                this::sendHeartbeat);
        Gauge.builder("framequota.requests.in.flight", server, TritonServer::requestsInFlight)
                .description("Requests at the inference server; at most FRAMEQUOTA_IN_FLIGHT")
                .register(meters);
        queueGauge("framequota.server.queue.length", Queued::getRequests)
                .description("Requests that wait at the inference server; NaN when the server does not report them")
                .register(meters);
        queueGauge("framequota.server.queue.bytes", Queued::getBytes)
                .description(
                        "Memory of the inference server that waiting requests hold, in bytes; NaN when not reported")
                .register(meters);
        pipeline = new Pipeline(
                config.worker(),
                new Pipeline.Ports(frames, server, server, results, deadLetters),
                InstantSource.system(),
                meters);
        String instance = UUID.randomUUID().toString();
        loop = new WorkerLoop(
                new WorkerReportFactory(config.worker(), instance, server::status, server), reports, pipeline);
    }

    private static TritonServer.Options serverOptions(WorkerConfig config) {
        Matcher address = HOST_AND_PORT.matcher(config.triton());
        if (!address.matches()) {
            throw new IllegalArgumentException("FRAMEQUOTA_TRITON is '" + config.triton() + "': give host:port");
        }
        return new TritonServer.Options(
                address.group(1),
                Integer.parseInt(address.group(2)),
                config.inFlight(),
                config.cores(),
                config.sharedMemory(),
                InferenceToken.of(config.inferenceToken().orElse(null)));
    }

    private Gauge.Builder<?> queueGauge(String name, ToDoubleFunction<Queued> value) {
        return Gauge.builder(name, server, s -> {
            Queued queued = s.queued();
            return queued == null ? Double.NaN : value.applyAsDouble(queued);
        });
    }

    void start(@Observes StartupEvent started) {
        pipeline.start();
        loop.start();
        server.start();
    }

    void stop(@Observes ShutdownEvent stopped) {
        try {
            Duration patience = Duration.ofMillis(config.leaveMs());
            loop.leave(patience).get(patience.plus(LAST_REPORT_TIMEOUT).toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "stopped without sending LEAVING; the scheduler notices the silence in 2 s: {0}",
                    String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        loop.close();
        pipeline.close();
        server.close();
    }

    private void sendHeartbeat() {
        loop.beat();
    }

    /** For the channel that receives commands. */
    @Produces
    @Singleton
    WorkerLoop loop() {
        return loop;
    }

    /** For the readiness check. */
    @Produces
    @Singleton
    TritonServer server() {
        return server;
    }
}
