package io.framequota.scheduler.dispatch;

import io.framequota.scheduler.policy.Allocation;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.ExecutionMode;
import io.framequota.scheduler.policy.Snapshot;
import io.framequota.scheduler.policy.SnapshotJob;
import io.framequota.scheduler.policy.Speedup;
import io.framequota.scheduler.policy.UsableCores;
import io.framequota.scheduler.policy.WidthExplanation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the policy says now: asks it when something changed, and keeps each job's share, rank and virtual time.
 *
 * <p>A job's virtual time grows by frames granted per share, so the smallest comes next. A job that comes new, or comes
 * back from having nothing to run, starts at the virtual time of the latest grant: it gets its share from now on, and
 * neither catches up on what it did not ask for nor waits for others to.
 */
final class ShareAllocator {
    private ConfiguredPolicy policy;
    private ExecutionMode placement = ExecutionMode.SLICED;
    private boolean spill;
    private WorkerRegistry.Capacity capacity = new WorkerRegistry.Capacity(0, 0, Integer.MAX_VALUE, Set.of());
    /** Jobs that may run, best first. */
    private final List<TrackedJob> ranked = new ArrayList<>();
    /** Those of them with a share. */
    private final List<TrackedJob> holders = new ArrayList<>();

    /** Jobs that the policy does not want to serve at all. */
    private final List<TrackedJob> refused = new ArrayList<>();

    private final CostEstimator costs;
    private final UtilizationEstimator uptakes;
    private Speedup speedup = Speedup.LINEAR;
    /** Every job with work, whether or not it has anything to run now, and what the policy says of all of them. */
    private List<TrackedJob> everybody = List.of();

    private @Nullable Allocation ranking;
    private double virtualNow;
    private long reviewAtUs = Long.MAX_VALUE;
    private @Nullable WidthExplanation explanation;

    ShareAllocator(ConfiguredPolicy policy, CostEstimator costs, UtilizationEstimator uptakes) {
        this.policy = policy;
        this.costs = costs;
        this.uptakes = uptakes;
    }

    ConfiguredPolicy policy() {
        return policy;
    }

    ExecutionMode placement() {
        return placement;
    }

    boolean spill() {
        return spill;
    }

    WorkerRegistry.Capacity capacity() {
        return capacity;
    }

    List<TrackedJob> ranked() {
        return ranked;
    }

    List<TrackedJob> holders() {
        return holders;
    }

    /** Jobs that the latest answer refuses. */
    List<TrackedJob> refused() {
        return refused;
    }

    /** When the policy may answer differently though nothing happens. */
    long reviewAtUs() {
        return reviewAtUs;
    }

    /** Why the latest answer is so, null when the policy gives no reason. */
    @Nullable
    WidthExplanation explanation() {
        return explanation;
    }

    Speedup speedup() {
        return speedup;
    }

    void measured(Speedup measured) {
        speedup = measured;
    }

    /** Another policy decides: nobody brings credit or debt from the old one. */
    void change(ConfiguredPolicy next, List<TrackedJob> jobs, Iterable<TrackedWorker> workers) {
        policy = next;
        virtualNow = 0;
        jobs.forEach(j -> j.virtualTime = 0);
        workers.forEach(w -> w.grants.forEach(g -> g.charge = 0));
    }

    /**
     * Asks the policy about the jobs that have work and a worker with their model: others would hold shares for nothing.
     *
     * <p>Their order, who is refused and why come from all of them. Shares go to those that have something to run: where not all
     * have, and where not all can hold something, the policy is asked about these once more.
     */
    void recompute(List<TrackedJob> jobs, WorkerRegistry.Capacity available, long nowUs) {
        capacity = available;
        costs.crowds().all(available.units());
        List<TrackedJob> working = new ArrayList<>(jobs.size());
        for (TrackedJob job : jobs) {
            if (job.hasWork() && available.models().contains(job.spec.model())) {
                working.add(job);
            } else {
                job.share = 0;
            }
            job.rank = -1;
        }
        Allocation all = ask(working, Integer.MAX_VALUE, nowUs);
        everybody = working;
        ranking = all;
        explanation = all.explanation();
        reviewAtUs = at(nowUs, all.reviewAfterS());
        refused.clear();
        for (int i = 0; i < all.refusals(); i++) {
            refused.add(working.get(all.refused(i)));
        }
        List<TrackedJob> supplied = supplied(working, all, nowUs);
        int places = Math.min(policy.maxActive() - begunWithout(working, supplied), available.places());
        if (supplied.isEmpty() || places < 1) {
            supplied.forEach(j -> j.share = 0);
            take(List.of(), all, nowUs);
        } else if (supplied.size() == working.size() && supplied.size() <= places) {
            take(supplied, all, nowUs);
        } else {
            take(supplied, ask(supplied, places, nowUs), nowUs);
        }
    }

    /** How many have begun, and count as active, but have nothing to run. */
    private int begunWithout(List<TrackedJob> working, List<TrackedJob> supplied) {
        if (policy.maxActive() == Integer.MAX_VALUE || supplied.size() == working.size()) {
            return 0;
        }
        int begun = -(int) supplied.stream().filter(j -> j.placed).count();
        return begun + (int) working.stream().filter(j -> j.placed).count();
    }

    private Allocation ask(List<TrackedJob> jobs, int places, long nowUs) {
        // Nobody else would take what a lone job leaves idle, and having everything shows what it can use.
        boolean limited = jobs.size() > 1 && policy.policy().goesByUptake();
        List<SnapshotJob> views = new ArrayList<>(jobs.size());
        for (TrackedJob job : jobs) {
            views.add(job.view(core(), costs, limited ? uptakes.of(job.spec.model()) : UsableCores.UNKNOWN));
        }
        return policy.policy()
                .allocate(new Snapshot(nowUs / 1e6, capacity.millicores(), capacity.units(), places, speedup, views));
    }

    /**
     * Those that have something to run or are about to, and are not refused. A policy that promises a job its workers to its end
     * keeps them for it once it has begun, and one that lends nothing leaves idle what the job leaves idle.
     */
    private List<TrackedJob> supplied(List<TrackedJob> working, Allocation asked, long nowUs) {
        boolean lends = asked.spill() || asked.placement() == ExecutionMode.BOUND;
        boolean keeps = asked.placement() == ExecutionMode.BOUND;
        List<TrackedJob> supplied = new ArrayList<>(working.size());
        Set<TrackedJob> out = refused.isEmpty() ? Set.of() : new HashSet<>(refused);
        for (TrackedJob job : working) {
            boolean now = job.supplied(nowUs);
            if (out.contains(job) || !now && lends && !(keeps && job.placed)) {
                job.share = 0;
            } else {
                supplied.add(job);
                reviewAtUs = now ? Math.min(reviewAtUs, job.suppliedUntilUs()) : reviewAtUs;
            }
        }
        return supplied;
    }

    /** Keeps shares and ranks of these jobs. */
    private void take(List<TrackedJob> jobs, Allocation allocation, long nowUs) {
        placement = allocation.placement();
        spill = allocation.spill();
        ranked.clear();
        holders.clear();
        if (jobs.isEmpty()) {
            return;
        }
        reviewAtUs = Math.min(reviewAtUs, at(nowUs, allocation.reviewAfterS()));
        for (int i = 0; i < jobs.size(); i++) {
            TrackedJob job = jobs.get(i);
            double share = allocation.millicores(i);
            if (share > 0 && job.share == 0) {
                arrive(job);
            }
            job.share = share;
        }
        for (int rank = 0; rank < allocation.size(); rank++) {
            TrackedJob job = jobs.get(allocation.at(rank));
            job.rank = rank;
            ranked.add(job);
            if (job.share > 0) {
                holders.add(job);
            }
        }
    }

    /** Jobs of which more is to be decoded, in the policy's order: the first come first. */
    List<TrackedJob> toDecode(int most) {
        List<TrackedJob> next = new ArrayList<>();
        Allocation order = ranking;
        for (int rank = 0; order != null && rank < order.size() && next.size() < most; rank++) {
            TrackedJob job = everybody.get(order.at(rank));
            if (!job.decoded() && job.wanted()) {
                next.add(job);
            }
        }
        return next;
    }

    /** Place of each job in the policy's order of all that have work. */
    Map<TrackedJob, Integer> places() {
        Map<TrackedJob, Integer> places = new HashMap<>();
        Allocation order = ranking;
        for (int rank = 0; order != null && rank < order.size(); rank++) {
            places.put(everybody.get(order.at(rank)), rank);
        }
        return places;
    }

    /** Why the policy refuses a job: one line for people. */
    String refusal(TrackedJob job, long nowUs) {
        SnapshotJob view = job.view(core(), costs, UsableCores.UNKNOWN);
        double cores = core() <= 0 ? 0 : Math.min(capacity.units(), view.limit() / core());
        double needsS = cores <= 0 ? Double.POSITIVE_INFINITY : view.remainingS() / speedup.at(cores);
        double leftS = view.deadlineS() - nowUs / 1e6;
        String words = String.format(
                Locale.ROOT,
                "refused by the policy %s: it needs about %.1f s on all cores and its deadline %s",
                policy.name(),
                needsS,
                leftS <= 0 ? "has passed" : String.format(Locale.ROOT, "is in %.1f s", leftS));
        return needsS > leftS ? words : words + ", which others that were admitted before it need";
    }

    private double core() {
        return capacity.units() == 0 ? 0 : capacity.millicores() / capacity.units();
    }

    private static long at(long nowUs, double afterS) {
        return afterS > 1e9 ? Long.MAX_VALUE : nowUs + Math.max(1, (long) Math.ceil(afterS * 1e6));
    }

    /** A job has something to run after it had nothing. */
    void arrive(TrackedJob job) {
        job.virtualTime = Math.max(job.virtualTime, virtualNow);
    }

    /** What a grant of this many frames adds to a job's virtual time; a job that only fills gaps is not charged. */
    double charge(TrackedJob job, int frames) {
        if (job.share <= 0) {
            return 0;
        }
        virtualNow = Math.max(virtualNow, job.virtualTime);
        return frames * capacity.millicores() / job.share;
    }

    /** Whether any job that may run has a chunk for it. */
    boolean anyReady() {
        for (TrackedJob job : ranked) {
            if (!job.ready.isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** Whether a job may run anything at all now. */
    boolean mayRun(TrackedJob job) {
        return job.rank >= 0 && (job.share > 0 || spill);
    }
}
