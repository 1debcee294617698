package io.framequota.scheduler.dispatch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The live workers by name, and which of them are active: may get grants within the budget. */
final class WorkerRegistry {
    private static final int MAX_REMEMBERED = 1_000;
    /**
     * A worker whose streams leave fewer millicores gets no chunks, unless no worker has more: its chunk would be the
     * last one of its job for long.
     */
    private static final int LEAST_ROOM = 100;

    private final DispatcherSettings settings;
    // By length, then alphabetically: worker-2 comes before worker-10.
    private final TreeMap<String, TrackedWorker> byName = new TreeMap<>(
            (a, b) -> a.length() != b.length() ? Integer.compare(a.length(), b.length()) : a.compareTo(b));
    /** Processes that ended or were replaced; their last reports may still arrive. */
    private final Map<WorkerId, Boolean> retired = bounded();
    /** Workers that became silent, by name. */
    private final Map<String, SilentWorker> silent = bounded();
    /** The latest process of each name, alive or not. */
    private final Map<String, WorkerId> latest = bounded();

    private long tickedAtUs = Long.MIN_VALUE;
    private double budgetCap;
    /** Millicores reserved for streams, including those of streams that have no worker at present. */
    private int reserved;

    private DispatchEvent.SharesEnforced sharing = DispatchEvent.SharesEnforced.NOT;
    private WorkerFleet fleet = WorkerFleet.EMPTY;
    private List<WorkerShare> shares = List.of();
    /** The models of the active workers. */
    private Set<String> models = Set.of();
    /** Whether workers came or went, or reported other properties, since {@link #models} was computed. */
    private boolean changed = true;

    WorkerRegistry(DispatcherSettings settings) {
        this.settings = settings;
        this.budgetCap = settings.budgetCap();
    }

    /** The most millicores that workers may use together. */
    double budgetCap() {
        return budgetCap;
    }

    void cap(double millicores) {
        budgetCap = millicores;
    }

    /** Millicores reserved for streams. */
    int reserved() {
        return reserved;
    }

    /** Reserves more or, below 0, fewer millicores for streams. */
    void reserve(int more) {
        reserved += more;
    }

    /** Whether shares are enforced: then every ready worker is active, instead of as many as fit into the budget. */
    boolean sharesEnforced() {
        return sharing.enforced();
    }

    DispatchEvent.SharesEnforced sharing() {
        return sharing;
    }

    void enforce(DispatchEvent.SharesEnforced how) {
        sharing = how;
    }

    /**
     * Notes the cores that every worker may use from now on: its share if shares are enforced, otherwise all its cores.
     */
    void pace(long nowUs) {
        if (!sharing.enforced()) {
            byName.values().forEach(w -> w.pace(paced(w, w.forChunks()), nowUs));
            return;
        }
        shares = WorkerShare.of(byName.values());
        double sum = shares.stream().mapToDouble(WorkerShare::millicores).sum();
        double stretch = sharing.spare() && sum > 0 ? Math.max(1, (budget() - reserved) / sum) : 1;
        for (WorkerShare share : shares) {
            TrackedWorker worker = byName.get(share.worker().name());
            if (worker != null) {
                worker.pace(paced(worker, Math.min(worker.forChunks(), stretch * share.millicores())), nowUs);
            }
        }
    }

    /**
     * Cores for a worker's chunks. A chunk that already runs when a stream takes its worker's last millicores goes on
     * in what the stream leaves idle.
     */
    private static double paced(TrackedWorker worker, double millicores) {
        boolean leftOver = worker.reserved > 0 && !worker.grants.isEmpty();
        return Math.max(millicores, leftOver ? LEAST_ROOM : 0) / 1000;
    }

    /** The share of each worker since {@link #pace}, which all events that change a share lead to. */
    List<WorkerShare> shares() {
        return sharing.enforced() ? shares : WorkerShare.of(byName.values());
    }

    Collection<TrackedWorker> all() {
        return byName.values();
    }

    @Nullable
    TrackedWorker find(WorkerId id) {
        TrackedWorker worker = byName.get(id.name());
        return worker != null && worker.id.equals(id) ? worker : null;
    }

    @Nullable
    TrackedWorker named(String name) {
        return byName.get(name);
    }

    boolean isRetired(WorkerId id) {
        return retired.containsKey(id);
    }

    /**
     * Adds a process at its first report, or its first report after a silence. It replaces any other process of its
     * name.
     */
    TrackedWorker add(WorkerId id, WorkerInfo info, long nowUs) {
        TrackedWorker worker = new TrackedWorker(id, info, nowUs);
        changed = true;
        byName.put(id.name(), worker);
        WorkerId before = latest.put(id.name(), id);
        if (before != null && !before.equals(id)) {
            retired.put(before, true);
        }
        return worker;
    }

    /** Notes what a worker says about itself; returns whether it is new. */
    boolean inform(TrackedWorker worker, WorkerInfo info) {
        if (worker.info.equals(info)) {
            return false;
        }
        worker.info = info;
        changed = true;
        return true;
    }

    /** Removes a silent worker, which may come back. */
    void forget(TrackedWorker worker, SilentWorker how) {
        remove(worker);
        silent.put(worker.name(), how);
    }

    /** What a worker of this name did when it became silent, null if it did not; only once. */
    @Nullable
    SilentWorker heardAgain(String name) {
        return silent.remove(name);
    }

    /** The other workers of a worker's process. */
    List<TrackedWorker> sharingProcess(TrackedWorker worker) {
        return byName.values().stream()
                .filter(w -> w != worker && w.process().equals(worker.process()))
                .toList();
    }

    private void remove(TrackedWorker worker) {
        changed = true;
        byName.remove(worker.name());
    }

    /** Removes a process that must not come back. */
    void retire(TrackedWorker worker) {
        remove(worker);
        retired.put(worker.id, true);
    }

    /**
     * Workers that were silent for too long. If the dispatcher itself paused, every worker gets the full time again.
     */
    List<TrackedWorker> vanished(long nowUs) {
        if (tickedAtUs != Long.MIN_VALUE && nowUs - tickedAtUs > settings.vanishedAfterUs() / 2) {
            byName.values().forEach(w -> w.seenAtUs = nowUs);
        }
        tickedAtUs = nowUs;
        List<TrackedWorker> gone = new ArrayList<>();
        for (TrackedWorker worker : byName.values()) {
            if (nowUs - worker.seenAtUs > settings.vanishedAfterUs()) {
                gone.add(worker);
            }
        }
        return gone;
    }

    /** Ends the backoff of workers that returned a grant; returns whether there were any. */
    boolean endRests(long nowUs) {
        boolean any = false;
        for (TrackedWorker worker : byName.values()) {
            if (worker.restsUntilUs != 0 && worker.restsUntilUs <= nowUs) {
                worker.restsUntilUs = 0;
                any = true;
            }
        }
        return any;
    }

    /** The most millicores that chunks may use together: the budget less reservations. */
    private double left() {
        return reserved == 0 ? budgetCap : Math.max(0, budget() - reserved);
    }

    /** Millicores of the ready workers, at most the cap. */
    double budget() {
        double sum = 0;
        for (TrackedWorker worker : byName.values()) {
            sum += worker.ready() ? worker.millicores() : 0;
        }
        return Math.min(budgetCap, sharing.computeTime() ? devices(TrackedWorker::ready) : sum);
    }

    /** Millicores of the devices of these workers' servers. Workers of one server have its devices in common. */
    private double devices(Predicate<TrackedWorker> which) {
        Map<String, Integer> servers = new HashMap<>();
        for (TrackedWorker worker : byName.values()) {
            if (which.test(worker)) {
                servers.merge(worker.info.server(), worker.millicores(), Math::max);
            }
        }
        return servers.values().stream().mapToInt(Integer::intValue).sum();
    }

    /**
     * Chooses the active workers: as many ready ones as fit into the budget, at least one. Workers that were active
     * before come first, so that a returning worker does not displace another. If shares are enforced, every ready
     * worker is active, and a compute unit is the mean millicores of a worker.
     *
     * <p>What streams have reserved is neither part of a worker nor of the budget here. Workers with streams come last,
     * and those with too little room are not active.
     */
    Capacity activate() {
        return sharing.enforced() ? activateAll() : activateFitting();
    }

    private Capacity activateAll() {
        double sum = 0;
        int places = 0;
        int least = leastRoom();
        for (TrackedWorker worker : byName.values()) {
            activate(worker, worker.ready() && worker.forChunks() >= least);
            sum += worker.active ? worker.forChunks() : 0;
            places += worker.active ? 1 : 0;
        }
        if (sharing.computeTime()) {
            // A unit is a device.
            double millicores = Math.min(Math.max(0, devices(w -> w.active) - reserved), left());
            int units = (int) Math.ceil(millicores / 1000 - 1e-9);
            return new Capacity(millicores, units, Math.max(1, places), activeModels());
        }
        double millicores = Math.min(sum, left());
        int units = places == 0 ? 0 : (int) Math.ceil(millicores * places / sum - 1e-9);
        return new Capacity(millicores, units, Math.max(1, places), activeModels());
    }

    private Capacity activateFitting() {
        List<TrackedWorker> order = new ArrayList<>(byName.size());
        List<TrackedWorker> others = new ArrayList<>();
        for (TrackedWorker worker : byName.values()) {
            (worker.active ? order : others).add(worker);
        }
        order.addAll(others);
        double left = left();
        Fitting fitting = new Fitting(left);
        if (reserved > 0) {
            order.sort(Comparator.comparingInt(w -> w.reserved));
            order.forEach(w -> fitting.add(w, false));
        }
        if (fitting.units == 0) {
            order.forEach(w -> fitting.add(w, true));
        }
        double millicores = Math.min(fitting.used, left);
        return new Capacity(millicores, fitting.units, Integer.MAX_VALUE, activeModels());
    }

    /** Activates workers as far as they fit into the budget, at least one. */
    private final class Fitting {
        private final double left;
        private final int least = leastRoom();
        double used;
        int units;

        /** @param left millicores that they may use together */
        Fitting(double left) {
            this.left = left;
        }

        /** @param one whether the first worker is activated even if it alone is more than the budget */
        void add(TrackedWorker worker, boolean one) {
            boolean fits = one && units == 0 || used + worker.forChunks() <= left;
            activate(worker, worker.ready() && worker.forChunks() >= least && fits);
            if (worker.active) {
                used += worker.forChunks();
                units++;
            }
        }
    }

    /** The least millicores that a worker must have for chunks; no worker has as many if streams hold everything. */
    private int leastRoom() {
        if (reserved == 0) {
            return 0;
        }
        if (left() < StreamDemand.STEP) {
            return Integer.MAX_VALUE;
        }
        int most = byName.values().stream()
                .filter(TrackedWorker::ready)
                .mapToInt(TrackedWorker::forChunks)
                .max()
                .orElse(0);
        return Math.max(StreamDemand.STEP, Math.min(LEAST_ROOM, most));
    }

    private void activate(TrackedWorker worker, boolean active) {
        changed |= worker.active != active;
        worker.active = active;
    }

    private Set<String> activeModels() {
        if (changed) {
            changed = false;
            Set<String> all = new HashSet<>();
            byName.values().stream().filter(w -> w.active).forEach(w -> all.addAll(w.info.models()));
            models = all;
        }
        return models;
    }

    /** Whether there are ready workers, but none with this model. */
    boolean lack(String model) {
        boolean any = false;
        for (TrackedWorker worker : byName.values()) {
            if (worker.info.ready() && worker.info.models().contains(model)) {
                return false;
            }
            any |= worker.info.ready();
        }
        return any;
    }

    /** The active workers and the millicores that they use if all are busy. */
    WorkerFleet fleet() {
        List<Integer> cores = byName.values().stream()
                .filter(w -> w.active)
                .map(w -> w.info.cores())
                .toList();
        List<Integer> streams = byName.values().stream()
                .filter(w -> w.active)
                .map(w -> w.reserved)
                .toList();
        WorkerFleet now = WorkerFleet.inTurns(cores).reserving(streams);
        if (sharing.enforced()) {
            double millicores =
                    sharing.computeTime() ? Math.max(0, devices(w -> w.active) - reserved) : now.millicores();
            now = new WorkerFleet(cores, Math.min(millicores, left()), sharing, streams);
        }
        if (!now.equals(fleet)) {
            // Shared by all records that keep it: a history has thousands of jobs.
            fleet = now;
        }
        return fleet;
    }

    /**
     * The capacity of the active workers together.
     *
     * @param millicores millicores that they can use
     * @param units number of compute units
     * @param places the most jobs that can have a share at once
     * @param models names of the models that at least one of them has
     */
    record Capacity(double millicores, int units, int places, Set<String> models) {}

    private static <K, V> Map<K, V> bounded() {
        return new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > MAX_REMEMBERED;
            }
        };
    }
}
