package io.framequota.scheduler.dispatch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The live workers by name, and which of them are active: may get grants within the budget. */
final class WorkerRegistry {
    private static final int MAX_REMEMBERED = 1_000;

    private final DispatcherSettings settings;
    // By length, then alphabetically: worker-2 comes before worker-10.
    private final TreeMap<String, TrackedWorker> byName = new TreeMap<>(
            (a, b) -> a.length() != b.length() ? Integer.compare(a.length(), b.length()) : a.compareTo(b));
    /** Processes that ended or were replaced; their last reports may still arrive. */
    private final Map<WorkerId, Boolean> retired = bounded();
    /** The latest process of each name, alive or not. */
    private final Map<String, WorkerId> latest = bounded();

    private long tickedAtUs = Long.MIN_VALUE;
    private double budgetCap;
    private DispatchEvent.SharesEnforced sharing = DispatchEvent.SharesEnforced.NOT;
    private WorkerFleet fleet = WorkerFleet.EMPTY;

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
            byName.values().forEach(w -> w.pace(w.info.cores(), nowUs));
            return;
        }
        List<WorkerShare> shares = WorkerShare.of(byName.values());
        double sum = shares.stream().mapToDouble(WorkerShare::millicores).sum();
        double stretch = sharing.spare() && sum > 0 ? Math.max(1, budget() / sum) : 1;
        for (WorkerShare share : shares) {
            TrackedWorker worker = byName.get(share.worker().name());
            if (worker != null) {
                worker.pace(Math.min(worker.info.cores(), stretch * share.millicores() / 1000), nowUs);
            }
        }
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
        byName.put(id.name(), worker);
        WorkerId before = latest.put(id.name(), id);
        if (before != null && !before.equals(id)) {
            retired.put(before, true);
        }
        return worker;
    }

    /** Removes a silent worker, which may come back. */
    void forget(TrackedWorker worker) {
        byName.remove(worker.name());
    }

    /** Removes a process that must not come back. */
    void retire(TrackedWorker worker) {
        forget(worker);
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

    /** Millicores of the ready workers, at most the cap. */
    double budget() {
        double sum = 0;
        for (TrackedWorker worker : byName.values()) {
            sum += worker.ready() ? worker.millicores() : 0;
        }
        return Math.min(budgetCap, sum);
    }

    /**
     * Chooses the active workers: as many ready ones as fit into the budget, at least one. Workers that were active
     * before come first, so that a returning worker does not displace another. If shares are enforced, every ready
     * worker is active, and a compute unit is the mean millicores of a worker.
     */
    Capacity activate() {
        return sharing.enforced() ? activateAll() : activateFitting();
    }

    private Capacity activateAll() {
        double sum = 0;
        int places = 0;
        for (TrackedWorker worker : byName.values()) {
            worker.active = worker.ready();
            sum += worker.active ? worker.millicores() : 0;
            places += worker.active ? 1 : 0;
        }
        double millicores = Math.min(sum, budgetCap);
        int units = places == 0 ? 0 : (int) Math.ceil(millicores * places / sum - 1e-9);
        return new Capacity(millicores, units, Math.max(1, places), activeModels());
    }

    private Capacity activateFitting() {
        List<TrackedWorker> candidates = new ArrayList<>(byName.size());
        byName.values().stream().filter(w -> w.active).forEach(candidates::add);
        byName.values().stream().filter(w -> !w.active).forEach(candidates::add);
        double used = 0;
        int units = 0;
        for (TrackedWorker worker : candidates) {
            worker.active = worker.ready() && (units == 0 || used + worker.millicores() <= budgetCap);
            if (worker.active) {
                used += worker.millicores();
                units++;
            }
        }
        return new Capacity(Math.min(used, budgetCap), units, Integer.MAX_VALUE, activeModels());
    }

    private Set<String> activeModels() {
        Set<String> models = new HashSet<>();
        byName.values().stream().filter(w -> w.active).forEach(w -> models.addAll(w.info.models()));
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
        WorkerFleet now = WorkerFleet.inTurns(cores);
        if (sharing.enforced()) {
            now = new WorkerFleet(cores, Math.min(now.millicores(), budgetCap), sharing);
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
