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

/** The workers that live, by name, and which of them the budget reaches. */
final class WorkerRegistry {
    private static final int KEPT = 1_000;

    private final DispatcherSettings settings;
    // By length, then by letters: worker-2 comes before worker-10.
    private final TreeMap<String, TrackedWorker> byName = new TreeMap<>(
            (a, b) -> a.length() != b.length() ? Integer.compare(a.length(), b.length()) : a.compareTo(b));
    /** Processes that ended or were replaced: what they said last may still arrive. */
    private final Map<WorkerId, Boolean> retired = bounded();
    /** The latest process under each name, whether it lives or not. */
    private final Map<String, WorkerId> latest = bounded();

    private long tickedAtUs = Long.MIN_VALUE;
    private double budgetCap;
    private DispatchEvent.SharesEnforced sharing = DispatchEvent.SharesEnforced.NOT;
    private WorkerFleet pool = WorkerFleet.EMPTY;

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

    /** Whether every ready worker may run something, held to its share, instead of as many as the budget fills. */
    boolean sideBySide() {
        return sharing.enforced();
    }

    DispatchEvent.SharesEnforced sharing() {
        return sharing;
    }

    void share(DispatchEvent.SharesEnforced how) {
        sharing = how;
    }

    /** Notes what every worker may use from now on: its cores in turns, its job's share of them side by side. */
    void pace(long nowUs) {
        if (!sharing.enforced()) {
            byName.values().forEach(w -> w.pace(w.info.cores(), nowUs));
            return;
        }
        List<WorkerShare> shares = WorkerShares.of(byName.values());
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

    /** A process reports for the first time, or again after a silence; it replaces any other under its name. */
    TrackedWorker add(WorkerId id, WorkerInfo info, long nowUs) {
        TrackedWorker worker = new TrackedWorker(id, info, nowUs);
        byName.put(id.name(), worker);
        WorkerId before = latest.put(id.name(), id);
        if (before != null && !before.equals(id)) {
            retired.put(before, true);
        }
        return worker;
    }

    /** Forgets a worker that is silent; it may come back. */
    void forget(TrackedWorker worker) {
        byName.remove(worker.name());
    }

    /** Forgets a process for good. */
    void retire(TrackedWorker worker) {
        forget(worker);
        retired.put(worker.id, true);
    }

    /** Workers that said nothing for too long. After a pause of ours everyone gets the whole time again. */
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

    /** Lets workers be given something again that handed something back; whether there are any. */
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

    /** Millicores that may be used: what the ready workers have, capped. */
    double budget() {
        double sum = 0;
        for (TrackedWorker worker : byName.values()) {
            sum += worker.ready() ? worker.millicores() : 0;
        }
        return Math.min(budgetCap, sum);
    }

    /**
     * Decides anew which workers may run something: as many ready ones as fit into the budget, at least one. Those that
     * could before come first, so that a worker that returns does not push another one out. Side by side it is every ready
     * one, and a unit is a worker's worth of the budget.
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

    /** Whether there are workers whose inference servers answer, and none of them has this model. */
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

    /** The active workers and what they use when all of them are busy; in turns nobody holds one back. */
    WorkerFleet pool() {
        List<Integer> cores = byName.values().stream()
                .filter(w -> w.active)
                .map(w -> w.info.cores())
                .toList();
        WorkerFleet now = WorkerFleet.inTurns(cores);
        if (sharing.enforced()) {
            now = new WorkerFleet(cores, Math.min(now.millicores(), budgetCap), sharing);
        }
        if (!now.equals(pool)) {
            // One for all who keep it: a history has thousands of jobs.
            pool = now;
        }
        return pool;
    }

    /**
     * What the active workers can use together.
     *
     * @param millicores of all of them
     * @param units of compute that this is
     * @param places the most jobs that can hold something at once
     * @param models that at least one of them has
     */
    record Capacity(double millicores, int units, int places, Set<String> models) {}

    private static <K, V> Map<K, V> bounded() {
        return new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > KEPT;
            }
        };
    }
}
