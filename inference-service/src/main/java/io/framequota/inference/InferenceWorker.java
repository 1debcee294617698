package io.framequota.inference;

import io.framequota.contract.control.Queued;
import io.framequota.inference.config.WorkerConfig;
import io.framequota.inference.intake.kafka.KafkaFrameReaderFactory;
import io.framequota.inference.model.LabelFiles;
import io.framequota.inference.model.ModelSpecFactory;
import io.framequota.inference.pipeline.Pipeline;
import io.framequota.inference.publish.DeadLetters;
import io.framequota.inference.publish.ResultPublisher;
import io.framequota.inference.triton.InferenceServer;
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

/** Puts a worker together, starts it with the process and has it leave when the process is asked to stop. */
@Singleton
public class InferenceWorker {
    private static final System.Logger LOG = System.getLogger(InferenceWorker.class.getName());
    /** For the broker to take the last report. */
    private static final Duration LAST_WORD = Duration.ofSeconds(1);

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
                new TritonServer.Options(
                        config.serverHost(),
                        config.serverPort(),
                        config.inFlight(),
                        config.cores(),
                        config.sharedMemory(),
                        config.serverToken()),
                new ModelSpecFactory(new LabelFiles(config.modelRepository())),
                this::serverChanged);
        Gauge.builder("framequota.requests.in.flight", server, TritonServer::underWay)
                .description("Requests at the inference server; at most FRAMEQUOTA_IN_FLIGHT")
                .register(meters);
        waiting("framequota.server.queue.length", Queued::getRequests)
                .description("Requests that wait at the inference server; not a number where it does not tell")
                .register(meters);
        waiting("framequota.server.queue.bytes", Queued::getBytes)
                .description("Bytes of the inference server's memory that they hold")
                .register(meters);
        pipeline = new Pipeline(
                config.worker(),
                new Pipeline.Ports(frames, server, server, results, deadLetters),
                InstantSource.system(),
                meters);
        String instance = UUID.randomUUID().toString();
        loop = new WorkerLoop(new WorkerReportFactory(config.worker(), instance, server, server), reports, pipeline);
    }

    private Gauge.Builder<?> waiting(String name, ToDoubleFunction<Queued> what) {
        return Gauge.builder(name, server, s -> {
            Queued queued = s.queued();
            return queued == null ? Double.NaN : what.applyAsDouble(queued);
        });
    }

    void start(@Observes StartupEvent started) {
        pipeline.start();
        loop.start();
        server.start();
    }

    void stop(@Observes ShutdownEvent stopped) {
        try {
            loop.leave(config.leavePatience())
                    .get(config.leavePatience().plus(LAST_WORD).toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.log(System.Logger.Level.WARNING, "left without a word: {0}", String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        loop.close();
        pipeline.close();
        server.close();
    }

    private void serverChanged() {
        loop.beat();
    }

    /** The loop, for the channel that commands come by. */
    @Produces
    @Singleton
    WorkerLoop loop() {
        return loop;
    }

    /** The server, for the readiness check. */
    @Produces
    @Singleton
    InferenceServer server() {
        return server;
    }
}
