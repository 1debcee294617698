package io.framequota.lab.local;

import io.framequota.common.cgroup.CpuQuota;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.InvalidExperimentException;
import io.framequota.lab.experiment.RequestKind;
import io.framequota.lab.experiment.Run;
import io.framequota.lab.experiment.ServingComparison;
import io.framequota.lab.experiment.ServingMetric;
import io.framequota.lab.experiment.ServingMode;
import io.framequota.lab.experiment.ServingRunner;
import io.framequota.lab.serving.ServedRequest;
import io.framequota.lab.serving.ServingRuns;
import io.framequota.lab.serving.ServingTheory;
import io.framequota.lab.worker.FirstFreeRouter;
import io.framequota.lab.worker.Measurement;
import io.framequota.lab.worker.RequestRouter;
import io.framequota.lab.worker.ServingRun;
import io.framequota.scheduler.cgroup.CgroupSupport;
import io.framequota.scheduler.policy.Speedup;
import io.framequota.scheduler.simulator.Arrival;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Serves requests with processes on this machine. */
public final class LocalServingRunner implements ServingRunner {
    /** How long idle containers are watched. */
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int REHEARSED_REQUESTS = 4;
    private static final double REHEARSED_SIZE_S = 0.02;

    private final LocalBackend backend;
    private final Set<ServingMode> rehearsed = new HashSet<>();
    /** Number of containers that have served a request. */
    private int warm;

    /**
     * Uses control groups if they are available, and closes them with the runner.
     *
     * @param cores largest number of cores of the experiments
     */
    public LocalServingRunner(CgroupSupport enforcement, int cores) {
        // The JVM runs as many virtual threads at once as the experiment has cores.
        backend = LocalBackend.among(enforcement, List.of("-XX:ActiveProcessorCount=" + cores));
    }

    /**
     * Checks that an experiment's requests can be served here.
     *
     * @throws InvalidExperimentException if they cannot
     */
    public static void check(Experiment experiment, CgroupSupport enforcement) {
        int there = Runtime.getRuntime().availableProcessors();
        if (experiment.cores() > there || experiment.cores() < there && !limits(enforcement)) {
            throw new InvalidExperimentException(experiment.name() + ": cores: " + experiment.cores()
                    + ", but this machine has " + there + "; allowed: "
                    + (limits(enforcement) ? "1 to " + there : there + ", or fewer where control groups may be used"));
        }
    }

    private static boolean limits(CgroupSupport enforcement) {
        return enforcement instanceof CgroupSupport.Available;
    }

    @Override
    public Run serve(Experiment experiment, ServingMode mode, long seed) throws InterruptedException {
        List<Arrival> arrivals = experiment.workload().arrivals(seed);
        rehearse(experiment, mode, arrivals);
        Measurement<List<ServedRequest>> measured = measure(router(experiment, mode), arrivals);
        Map<ServingMetric, Double> more = new EnumMap<>(ServingMetric.class);
        more.put(ServingMetric.CPU_S, measured.used().cpuS());
        if (mode.limited()) {
            more.put(ServingMetric.THROTTLED_S, measured.used().throttledS());
        }
        if (mode instanceof ServingMode.Containers containers) {
            int count = arrivals.size();
            more.putAll(backend.idle(count, IDLE_NANOS));
            more.put(
                    ServingMetric.QUOTA_MILLI,
                    (double) containers.quotaUs(count, experiment.cores()) / containers.periodMs());
        }
        return ServingRuns.of(
                seed, measured.result(), ServingTheory.ifKnown(experiment, mode, seed), more, measured.otherCores());
    }

    /** Serves small requests first, so that code is loaded and compiled before the measurement. */
    private void rehearse(Experiment experiment, ServingMode mode, List<Arrival> arrivals) throws InterruptedException {
        if (mode instanceof ServingMode.Containers) {
            if (warm < arrivals.size()) {
                // Without quotas, because a rehearsal under a small quota would take long.
                warm = arrivals.size();
                measure(
                        firstFree(backend.unlimited(warm, 1000 * experiment.cores()), RequestKind.COMPUTING),
                        ServingRun.rehearsal(arrivals, REHEARSED_SIZE_S));
            }
        } else if (rehearsed.add(mode)) {
            measure(
                    router(experiment, mode),
                    ServingRun.rehearsal(
                            arrivals.subList(0, Math.min(arrivals.size(), REHEARSED_REQUESTS)), REHEARSED_SIZE_S));
        }
    }

    private static RequestRouter firstFree(List<LocalWorker> workers, RequestKind kind) {
        return new FirstFreeRouter<>(
                workers,
                (worker, request) ->
                        worker.serve(ServingMode.ExecutionModel.SEQUENTIAL, kind, request.id(), request.sizeS()));
    }

    private Measurement<List<ServedRequest>> measure(RequestRouter router, List<Arrival> arrivals)
            throws InterruptedException {
        return Measurement.of(backend, start -> new ServingRun(arrivals, router, backend.events(), start).run());
    }

    private RequestRouter router(Experiment experiment, ServingMode mode) throws InterruptedException {
        RequestKind kind = experiment.serving().map(ServingComparison::kind).orElse(RequestKind.COMPUTING);
        int together = 1000 * experiment.cores();
        return switch (mode) {
            case ServingMode.OneServer(ServingMode.ExecutionModel each) ->
                new SingleServerRouter(backend.unlimited(1, together).getFirst(), each, kind);
            case ServingMode.Daemons(int workers) -> firstFree(backend.unlimited(workers, together), kind);
            case ServingMode.Pool pool -> {
                LocalWorker worker = backend.unlimited(1, together).getFirst();
                limit(worker, new CpuQuota(pool.quota() * CpuQuota.PERIOD_US / 1000, CpuQuota.PERIOD_US));
                double parallel = experiment.speedup() instanceof Speedup.Amdahl(double f) ? f : 1;
                yield new ThreadPoolRouter(worker, pool, parallel);
            }
            case ServingMode.Containers containers -> {
                int count = experiment.workload().count();
                CpuQuota quota =
                        new CpuQuota(containers.quotaUs(count, experiment.cores()), containers.periodMs() * 1000L);
                List<LocalWorker> workers = backend.unlimited(count, together);
                workers.forEach(w -> limit(w, quota));
                yield firstFree(workers, kind);
            }
        };
    }

    private static void limit(LocalWorker worker, CpuQuota quota) {
        Objects.requireNonNull(worker.group()).quota(quota);
    }

    @Override
    public void close() {
        backend.close();
    }
}
