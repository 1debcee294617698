package io.framequota.scheduler.experiment.local;

import io.framequota.burner.MachineTime;
import io.framequota.scheduler.enforce.CpuGroup;
import io.framequota.scheduler.enforce.CpuGroups;
import io.framequota.scheduler.enforce.CpuUse;
import io.framequota.scheduler.enforce.Enforcement;
import io.framequota.scheduler.enforce.Quota;
import io.framequota.scheduler.enforce.cgroup.GroupStore;
import io.framequota.scheduler.experiment.Actuator;
import io.framequota.scheduler.experiment.BadExperimentException;
import io.framequota.scheduler.experiment.Experiment;
import io.framequota.scheduler.experiment.Home;
import io.framequota.scheduler.experiment.Measure;
import io.framequota.scheduler.experiment.real.RealRunner;
import io.framequota.scheduler.experiment.real.Site;
import io.framequota.scheduler.experiment.real.Terms;
import io.framequota.scheduler.experiment.real.Told;
import io.framequota.scheduler.experiment.real.Worker;
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

/** This machine's cores: worker processes, in control groups where those may be used. */
public final class LocalSite implements Site {
    /** More than any neighbour has: what an experiment's budget promises is there even beside other work. */
    private static final int CLAIM_MILLI = 256_000;

    private final @Nullable CpuGroups groups;
    private final List<String> options;
    private final List<LocalWorker> workers = new ArrayList<>();
    private final BlockingQueue<Told> told = new LinkedBlockingQueue<>();

    /** Uses the groups where they are available, and closes them in the end. */
    public LocalSite(Enforcement enforcement) {
        this(enforcement, List.of());
    }

    /** Where this process, which tells workers what to do, is not kept waiting by them: for runs that leave it no core. */
    static LocalSite among(Enforcement enforcement, List<String> options) {
        LocalSite site = new LocalSite(enforcement, options);
        if (site.groups != null) {
            site.groups.create("conductor").add(ProcessHandle.current().pid());
        }
        return site;
    }

    private LocalSite(Enforcement enforcement, List<String> options) {
        this.options = options;
        this.groups = enforcement instanceof Enforcement.Available(CpuGroups available) ? available : null;
        if (groups != null) {
            groups.weight(CLAIM_MILLI);
        }
    }

    /**
     * Checks that an experiment can run here.
     *
     * @throws BadExperimentException when it cannot
     */
    public static void check(Experiment experiment, List<Actuator> actuators) {
        RealRunner.check(experiment, actuators, Home.LOCAL);
        double scale = experiment.scaleOn(Home.LOCAL);
        double there = 1000.0 * Runtime.getRuntime().availableProcessors();
        double asked = actuators.stream().allMatch(a -> a == Actuator.DISPATCH)
                ? 1000.0 * experiment.cores()
                : experiment.budget() * scale;
        if (asked > there) {
            throw new BadExperimentException(experiment.name() + ": budget: " + Math.round(asked)
                    + "m is more than this machine has; allowed: up to " + Math.round(there)
                    + "m here, or a smaller scale: { local: ... }");
        }
    }

    @Override
    public Home home() {
        return Home.LOCAL;
    }

    @Override
    public List<Worker> workers(int count, int budget) throws InterruptedException {
        if (workers.size() < count && groups != null) {
            groups.limit(Quota.unlimited());
        }
        while (workers.size() < count) {
            String name = "worker-" + workers.size();
            workers.add(LocalWorker.start(name, options, groups == null ? null : groups.create(name), told));
        }
        return List.copyOf(workers.subList(0, count));
    }

    /** What each of the first workers costs while it has nothing to do, on average; watched for so long. */
    Map<Measure, Double> idle(int count, long nanos) throws InterruptedException {
        List<LocalWorker> among = List.copyOf(workers.subList(0, count));
        double before = cpuS(among);
        long start = System.nanoTime();
        TimeUnit.NANOSECONDS.sleep(nanos);
        double cores = (cpuS(among) - before) / ((System.nanoTime() - start) / 1e9);
        double mib =
                among.stream().mapToDouble(LocalWorker::memoryMib).average().orElse(0);
        return Map.of(Measure.IDLE_MILLI, 1000 * cores / count, Measure.MEMORY_MIB, mib);
    }

    private static double cpuS(List<LocalWorker> among) {
        return among.stream().mapToDouble(LocalWorker::cpuS).sum();
    }

    /** Workers that are limited by nothing, and all of them together to so many millicores if those are not all there are. */
    List<LocalWorker> unlimited(int count, int together) throws InterruptedException {
        workers(count, together);
        List<LocalWorker> among = List.copyOf(workers.subList(0, count));
        if (groups != null) {
            int there = 1000 * Runtime.getRuntime().availableProcessors();
            groups.limit(together < there ? Quota.ofMillicores(together) : Quota.unlimited());
        }
        free(groupsOf(List.copyOf(workers)).values());
        return among;
    }

    /** Takes every limit of their own from them, and makes them equal. */
    private static void free(Collection<CpuGroup> limited) {
        for (CpuGroup group : limited) {
            group.quota(Quota.unlimited());
            group.weight(1000);
        }
    }

    @Override
    public BlockingQueue<Told> told() {
        return told;
    }

    @Override
    public LimitStore<String> prepare(Actuator actuator, List<Worker> among, Terms terms) {
        Map<String, CpuGroup> limited = groupsOf(among);
        if (groups != null) {
            groups.limit(actuator == Actuator.WEIGHT ? Quota.ofMillicores(terms.budget()) : Quota.unlimited());
        }
        if (groups == null || actuator != Actuator.QUOTA) {
            free(limited.values());
            return GroupStore.weights(worker -> Optional.ofNullable(limited.get(worker)));
        }
        long periodUs = terms.periodNanos() / 1000;
        // Parked, which is no write within the run: they have been idle.
        limited.values().forEach(g -> g.quota(Quota.ofMillicores(Quota.PARKED_MILLI, periodUs)));
        return GroupStore.quotas(worker -> Optional.ofNullable(limited.get(worker)), periodUs);
    }

    private Map<String, CpuGroup> groupsOf(List<Worker> among) {
        Map<String, CpuGroup> limited = new LinkedHashMap<>();
        if (groups != null) {
            for (LocalWorker worker : workers.subList(0, among.size())) {
                limited.put(worker.name(), Objects.requireNonNull(worker.group()));
            }
        }
        return limited;
    }

    @Override
    public Counted count() {
        CpuUse sum = CpuUse.NONE;
        for (LocalWorker worker : workers) {
            sum = sum.plus(worker.use());
        }
        double whole = groups == null ? 0 : groups.use().throttledS();
        return new Counted(sum.plus(new CpuUse(0, 0, whole, 0)), MachineTime.busyS());
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
