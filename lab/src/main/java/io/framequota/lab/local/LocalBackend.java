package io.framequota.lab.local;

import io.framequota.common.cgroup.CpuQuota;
import io.framequota.common.cgroup.CpuUsage;
import io.framequota.lab.burner.MachineCpuTime;
import io.framequota.lab.experiment.ActuatorKind;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.ExperimentBackend;
import io.framequota.lab.experiment.InvalidExperimentException;
import io.framequota.lab.experiment.ServingMetric;
import io.framequota.lab.worker.BurnerPolicyRunner;
import io.framequota.lab.worker.BurnerWorker;
import io.framequota.lab.worker.ScaledExperiment;
import io.framequota.lab.worker.WorkerBackend;
import io.framequota.lab.worker.WorkerEvent;
import io.framequota.scheduler.cgroup.Cgroup;
import io.framequota.scheduler.cgroup.CgroupLimitStore;
import io.framequota.scheduler.cgroup.CgroupSupport;
import io.framequota.scheduler.cgroup.CgroupTree;
import io.framequota.scheduler.quota.LimitStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Worker processes on this machine, in control groups if those are available. */
public final class LocalBackend implements WorkerBackend {
    private final @Nullable CgroupTree groups;
    private final List<String> options;
    private final List<LocalWorker> workers = new ArrayList<>();
    private final BlockingQueue<WorkerEvent> events = new LinkedBlockingQueue<>();

    /** Uses control groups if they are available, and closes them with the backend. */
    public LocalBackend(CgroupSupport enforcement) {
        this(enforcement, List.of());
    }

    /** A backend in which this process has a group of its own, so that runs on all cores do not delay it. */
    static LocalBackend among(CgroupSupport enforcement, List<String> options) {
        LocalBackend backend = new LocalBackend(enforcement, options);
        if (backend.groups != null) {
            backend.groups.create("experiment").add(ProcessHandle.current().pid());
        }
        return backend;
    }

    private LocalBackend(CgroupSupport enforcement, List<String> options) {
        this.options = options;
        this.groups = enforcement instanceof CgroupSupport.Available(CgroupTree available) ? available : null;
        if (groups != null) {
            groups.claimMachine();
        }
    }

    /**
     * Checks that an experiment can run here.
     *
     * @throws InvalidExperimentException if it cannot
     */
    public static void check(Experiment experiment, List<ActuatorKind> actuators) {
        BurnerPolicyRunner.check(experiment, actuators, ExperimentBackend.LOCAL);
        double scale = experiment.scaleOn(ExperimentBackend.LOCAL);
        double there = 1000.0 * Runtime.getRuntime().availableProcessors();
        double asked = actuators.stream().allMatch(a -> a == ActuatorKind.DISPATCH)
                ? 1000.0 * experiment.cores()
                : experiment.budget() * scale;
        if (asked > there) {
            throw new InvalidExperimentException(experiment.name() + ": budget: " + Math.round(asked)
                    + "m is more than this machine has; allowed: up to " + Math.round(there)
                    + "m, or reduce scale.local");
        }
    }

    @Override
    public ExperimentBackend backend() {
        return ExperimentBackend.LOCAL;
    }

    @Override
    public List<BurnerWorker> workers(int count, int budget) throws InterruptedException {
        if (workers.size() < count && groups != null) {
            groups.limit(CpuQuota.unlimited());
        }
        while (workers.size() < count) {
            String name = "worker-" + workers.size();
            workers.add(LocalWorker.start(name, options, groups == null ? null : groups.create(name), events));
        }
        return List.copyOf(workers.subList(0, count));
    }

    /** Mean cost of the first {@code count} workers while idle, watched for {@code nanos}. */
    Map<ServingMetric, Double> idle(int count, long nanos) throws InterruptedException {
        List<LocalWorker> among = List.copyOf(workers.subList(0, count));
        double before = cpuS(among);
        long start = System.nanoTime();
        TimeUnit.NANOSECONDS.sleep(nanos);
        double cores = (cpuS(among) - before) / ((System.nanoTime() - start) / 1e9);
        double mib =
                among.stream().mapToDouble(LocalWorker::memoryMib).average().orElse(0);
        return Map.of(ServingMetric.IDLE_MILLI, 1000 * cores / count, ServingMetric.MEMORY_MIB, mib);
    }

    private static double cpuS(List<LocalWorker> among) {
        return among.stream().mapToDouble(LocalWorker::cpuS).sum();
    }

    /** Workers without own limits, limited to {@code together} millicores as a group unless the machine has no more. */
    List<LocalWorker> unlimited(int count, int together) throws InterruptedException {
        workers(count, together);
        List<LocalWorker> among = List.copyOf(workers.subList(0, count));
        if (groups != null) {
            int there = 1000 * Runtime.getRuntime().availableProcessors();
            groups.limit(together < there ? CpuQuota.ofMillicores(together) : CpuQuota.unlimited());
        }
        free(groupsOf(List.copyOf(workers)).values());
        return among;
    }

    /** Removes the groups' own limits and gives them equal weights. */
    private static void free(Collection<Cgroup> limited) {
        for (Cgroup group : limited) {
            group.quota(CpuQuota.unlimited());
            group.weight(1000);
        }
    }

    @Override
    public BlockingQueue<WorkerEvent> events() {
        return events;
    }

    @Override
    public LimitStore<String> prepare(ActuatorKind actuator, List<BurnerWorker> among, ScaledExperiment scaled) {
        Map<String, Cgroup> limited = groupsOf(among);
        if (groups != null) {
            groups.limit(
                    actuator == ActuatorKind.WEIGHT ? CpuQuota.ofMillicores(scaled.budget()) : CpuQuota.unlimited());
        }
        if (groups == null || actuator != ActuatorKind.QUOTA) {
            free(limited.values());
            return CgroupLimitStore.weights(worker -> Optional.ofNullable(limited.get(worker)));
        }
        long periodUs = scaled.periodNanos() / 1000;
        // Parked before the run, so that this does not count as a write.
        limited.values().forEach(g -> g.quota(CpuQuota.ofMillicores(CpuQuota.PARKED_MILLI, periodUs)));
        return CgroupLimitStore.quotas(worker -> Optional.ofNullable(limited.get(worker)), periodUs);
    }

    private Map<String, Cgroup> groupsOf(List<BurnerWorker> among) {
        Map<String, Cgroup> limited = new LinkedHashMap<>();
        if (groups != null) {
            for (LocalWorker worker : workers.subList(0, among.size())) {
                limited.put(worker.name(), Objects.requireNonNull(worker.group()));
            }
        }
        return limited;
    }

    @Override
    public Counted count() {
        CpuUsage sum = CpuUsage.NONE;
        for (LocalWorker worker : workers) {
            sum = sum.plus(worker.use());
        }
        double whole = groups == null ? 0 : groups.use().throttledS();
        return new Counted(sum.plus(new CpuUsage(0, 0, whole, 0)), MachineCpuTime.busyS());
    }

    @Override
    public void close() {
        workers.forEach(LocalWorker::close);
        workers.clear();
        if (groups != null) {
            groups.close();
        }
    }
}
