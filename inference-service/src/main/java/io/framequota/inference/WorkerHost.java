package io.framequota.inference;

import io.framequota.inference.config.WorkerConfig;
import io.framequota.inference.intake.kafka.KafkaFrameReaderFactory;
import io.framequota.inference.publish.DeadLetters;
import io.framequota.inference.publish.ResultPublisher;
import io.framequota.inference.publish.StreamPublisher;
import io.framequota.inference.triton.ComputeGate;
import io.framequota.inference.worker.WorkerLoops;
import io.framequota.inference.worker.WorkerReportSender;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The workers of this process: starts them with the process and lets them leave when the process stops. */
@Singleton
public class WorkerHost {
    private static final System.Logger LOG = System.getLogger(WorkerHost.class.getName());
    /** Time for the broker to accept the last reports. */
    private static final Duration LAST_REPORT_TIMEOUT = Duration.ofSeconds(1);

    /** Exit code of a process in which a thread hangs. */
    private static final int STALLED = 70;

    private final Duration patience;
    private final List<InferenceWorker> workers = new ArrayList<>();
    private final WorkerLoops loops;
    private final int stallSeconds;
    private volatile boolean stopping;

    WorkerHost(
            WorkerConfig config,
            KafkaFrameReaderFactory frames,
            MeterRegistry meters,
            WorkerReportSender reports,
            ResultPublisher results,
            DeadLetters deadLetters,
            StreamPublisher streamResults) {
        patience = Duration.ofMillis(config.leaveMs());
        stallSeconds = (int) Math.max(1, config.stall().toSeconds());
        List<String> names = config.workers();
        List<String> servers = config.servers();
        if (servers.size() != 1 && servers.size() != names.size()) {
            throw new IllegalArgumentException("FRAMEQUOTA_TRITON has " + servers.size() + " servers for "
                    + names.size() + " workers: give one for each, or one for all");
        }
        // One gate in front of each server, for all its workers.
        Map<String, ComputeGate> gates = new HashMap<>();
        String process = UUID.randomUUID().toString();
        for (int i = 0; i < names.size(); i++) {
            String server = servers.get(servers.size() == 1 ? 0 : i);
            ComputeGate gate = gates.computeIfAbsent(server, _ -> new ComputeGate(System::nanoTime));
            workers.add(new InferenceWorker(
                    process,
                    names.get(i),
                    server,
                    config,
                    gate,
                    frames,
                    meters,
                    reports,
                    results,
                    deadLetters,
                    streamResults));
        }
        loops = new WorkerLoops(workers.stream().map(InferenceWorker::loop).toList());
    }

    void start(@Observes StartupEvent started) {
        workers.forEach(InferenceWorker::start);
        Thread.ofPlatform().name("stall-watch").daemon().start(this::watch);
    }

    /**
     * Ends the process when a thread hangs in native code, which nothing else can end. Whoever supervises the process starts it again, and
     * the scheduler counts its death against the chunk.
     */
    private void watch() {
        try {
            while (!stopping) {
                Thread.sleep(1_000);
                for (InferenceWorker worker : workers) {
                    String stuck = worker.stuck(stallSeconds);
                    if (stuck != null) {
                        LOG.log(
                                System.Logger.Level.ERROR,
                                "{0}: {1} made no progress for {2} s; the process ends",
                                worker.name(),
                                stuck,
                                stallSeconds);
                        Runtime.getRuntime().halt(STALLED);
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void stop(@Observes ShutdownEvent stopped) {
        stopping = true;
        try {
            loops.leave(patience).get(patience.plus(LAST_REPORT_TIMEOUT).toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "stopped without sending LEAVING; the scheduler notices the silence in 2 s: {0}",
                    String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        CompletableFuture<?>[] closed = workers.stream()
                .map(worker -> CompletableFuture.runAsync(worker::close, Thread::startVirtualThread))
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(closed).join();
    }

    /** The workers in the order of their names. */
    List<InferenceWorker> workers() {
        return List.copyOf(workers);
    }

    /** For the channel that receives commands. */
    @Produces
    @Singleton
    WorkerLoops loops() {
        return loops;
    }
}
