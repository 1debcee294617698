package io.framequota.scheduler.experiment.local;

import io.framequota.scheduler.enforce.CpuUse;
import io.framequota.scheduler.enforce.Enforcement;
import io.framequota.scheduler.enforce.Quota;
import io.framequota.scheduler.experiment.BadExperimentException;
import io.framequota.scheduler.experiment.Experiment;
import io.framequota.scheduler.experiment.Kind;
import io.framequota.scheduler.experiment.Measure;
import io.framequota.scheduler.experiment.Run;
import io.framequota.scheduler.experiment.Server;
import io.framequota.scheduler.experiment.Serving;
import io.framequota.scheduler.experiment.Way;
import io.framequota.scheduler.experiment.real.Doors;
import io.framequota.scheduler.experiment.real.Line;
import io.framequota.scheduler.experiment.real.ServedRun;
import io.framequota.scheduler.experiment.real.Site;
import io.framequota.scheduler.experiment.serving.Runs;
import io.framequota.scheduler.experiment.serving.Served;
import io.framequota.scheduler.experiment.serving.Theory;
import io.framequota.scheduler.policy.Speedup;
import io.framequota.scheduler.simulator.Arrival;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Serves requests with real processes on this machine's cores. */
public final class LocalServer implements Server {
    /** From the last preparation to the first arrival. */
    private static final long LEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** How long parked containers are watched. */
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int REHEARSED_REQUESTS = 4;
    private static final double REHEARSED_SIZE_S = 0.02;

    private final LocalSite site;
    private final Set<Way> rehearsed = new HashSet<>();
    /** Containers that have served a request. */
    private int warm;

    /**
     * Uses control groups where they are available, and closes them in the end.
     *
     * @param cores of the experiments
     */
    public LocalServer(Enforcement enforcement, int cores) {
        // As many virtual threads compute at once as the experiment has cores.
        site = LocalSite.among(enforcement, List.of("-XX:ActiveProcessorCount=" + cores));
    }

    /**
     * Checks that an experiment's requests can be served here.
     *
     * @throws BadExperimentException when they cannot
     */
    public static void check(Experiment experiment, Enforcement enforcement) {
        int there = Runtime.getRuntime().availableProcessors();
        if (experiment.cores() > there || experiment.cores() < there && !limits(enforcement)) {
            throw new BadExperimentException(experiment.name() + ": cores: " + experiment.cores()
                    + " here, where there are "
                    + there + "; allowed: "
                    + (limits(enforcement) ? "1 to " + there : there + ", or fewer where control groups may be used"));
        }
    }

    private static boolean limits(Enforcement enforcement) {
        return enforcement instanceof Enforcement.Available;
    }

    @Override
    public Run serve(Experiment experiment, Way way, long seed) throws InterruptedException {
        List<Arrival> arrivals = experiment.workload().arrivals(seed);
        rehearse(experiment, way, arrivals);
        Measured measured = measure(doors(experiment, way), arrivals);
        Map<Measure, Double> more = new EnumMap<>(Measure.class);
        more.put(Measure.CPU_S, measured.used().cpuS());
        if (way.limited()) {
            more.put(Measure.THROTTLED_S, measured.used().throttledS());
        }
        if (way instanceof Way.Containers containers) {
            int count = arrivals.size();
            more.putAll(site.idle(count, IDLE_NANOS));
            more.put(
                    Measure.QUOTA_MILLI,
                    (double) containers.quotaUs(count, experiment.cores()) / containers.periodMs());
        }
        return Runs.of(seed, measured.requests(), Theory.ifKnown(experiment, way, seed), more, measured.otherCores());
    }

    /** A worker's first request of all would otherwise be served by code that is still loaded and compiled. */
    private void rehearse(Experiment experiment, Way way, List<Arrival> arrivals) throws InterruptedException {
        if (way instanceof Way.Containers) {
            if (warm < arrivals.size()) {
                // Without quotas: under a small one it would take long.
                warm = arrivals.size();
                measure(line(site.unlimited(warm, 1000 * experiment.cores()), Kind.COMPUTING), small(arrivals));
            }
        } else if (rehearsed.add(way)) {
            measure(doors(experiment, way), small(arrivals.subList(0, Math.min(arrivals.size(), REHEARSED_REQUESTS))));
        }
    }

    private static Doors line(List<LocalWorker> workers, Kind kind) {
        return new Line<>(
                workers, (worker, request) -> worker.serve(Way.Each.SEQUENTIAL, kind, request.id(), request.sizeS()));
    }

    private record Measured(List<Served> requests, CpuUse used, double otherCores) {}

    private Measured measure(Doors doors, List<Arrival> arrivals) throws InterruptedException {
        site.told().clear();
        Site.Counted before = site.count();
        long start = System.nanoTime() + LEAD_NANOS;
        TimeUnit.NANOSECONDS.sleep(LEAD_NANOS / 2);
        List<Served> requests = new ServedRun(arrivals, doors, site.told(), start).run();
        double seconds = (System.nanoTime() - start + LEAD_NANOS) / 1e9;
        Site.Counted after = site.count();
        CpuUse used = after.workers().since(before.workers());
        double others = Math.max(0, after.machineS() - before.machineS() - used.cpuS());
        return new Measured(requests, used, others / seconds);
    }

    private Doors doors(Experiment experiment, Way way) throws InterruptedException {
        Kind kind = experiment.serving().map(Serving::kind).orElse(Kind.COMPUTING);
        int together = 1000 * experiment.cores();
        return switch (way) {
            case Way.OneServer(Way.Each each) ->
                new OneServer(site.unlimited(1, together).getFirst(), each, kind);
            case Way.Daemons(int workers) -> line(site.unlimited(workers, together), kind);
            case Way.Pool pool -> {
                LocalWorker worker = site.unlimited(1, together).getFirst();
                limit(worker, new Quota(pool.quota() * Quota.PERIOD_US / 1000, Quota.PERIOD_US));
                double parallel = experiment.speedup() instanceof Speedup.Amdahl(double f) ? f : 1;
                yield new PoolDoor(worker, pool, parallel);
            }
            case Way.Containers containers -> {
                int count = experiment.workload().count();
                Quota quota = new Quota(containers.quotaUs(count, experiment.cores()), containers.periodMs() * 1000L);
                List<LocalWorker> workers = site.unlimited(count, together);
                workers.forEach(w -> limit(w, quota));
                yield line(workers, kind);
            }
        };
    }

    private static void limit(LocalWorker worker, Quota quota) {
        Objects.requireNonNull(worker.group()).quota(quota);
    }

    private static List<Arrival> small(List<Arrival> arrivals) {
        return arrivals.stream()
                .map(a -> new Arrival(a.id(), 0, REHEARSED_SIZE_S, a.labels()))
                .toList();
    }

    @Override
    public void close() {
        site.close();
    }
}
