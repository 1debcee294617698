package io.framequota.scheduler.dispatch;

import io.framequota.scheduler.policy.Allocation;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.ExecutionMode;
import io.framequota.scheduler.policy.Snapshot;
import io.framequota.scheduler.policy.SnapshotJob;
import io.framequota.scheduler.policy.Speedup;
import io.framequota.scheduler.policy.UsableCores;
import io.framequota.scheduler.policy.UsableCoresAware;
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
 * Asks the policy and keeps each job's share, rank and virtual time (start-time fair queueing).
 *
 * <p>A job's virtual time grows by granted frames divided by its share, and the job with the smallest value is granted
 * next. A job that is new, or that had nothing to run, starts at the virtual time of the latest grant: it gets its
 * share from now on, and neither catches up on the time before nor waits for others to catch up.
 */
final class ShareAllocator {
    private ConfiguredPolicy policy;
    private ExecutionMode mode = ExecutionMode.SLICED;
    private boolean spill;
    private WorkerRegistry.Capacity capacity = new WorkerRegistry.Capacity(0, 0, Integer.MAX_VALUE, Set.of());
    /** Jobs that may run, in the policy's order. */
    private final List<TrackedJob> ranked = new ArrayList<>();
    /** The jobs of {@link #ranked} with a share. */
    private final List<TrackedJob> holders = new ArrayList<>();

    /** Jobs that the policy refuses to serve. */
    private final List<TrackedJob> refused = new ArrayList<>();

    private final ModelMeasurements models;
    private Speedup speedup = Speedup.LINEAR;
    /** Every job with work, even if it has nothing to run now. {@link #ranking} is the policy's answer for them. */
    private List<TrackedJob> working = List.of();

    private @Nullable Allocation ranking;
    private double virtualNow;
    private long reviewAtUs = Long.MAX_VALUE;
    private @Nullable WidthExplanation explanation;

    ShareAllocator(ConfiguredPolicy policy, ModelMeasurements models) {
        this.policy = policy;
        this.models = models;
    }

    ConfiguredPolicy policy() {
        return policy;
    }

    ExecutionMode mode() {
        return mode;
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

    /** Jobs that the policy's latest answer refuses. */
    List<TrackedJob> refused() {
        return refused;
    }

    /** When the policy's answer may change without an event; {@link Long#MAX_VALUE} if never. */
    long reviewAtUs() {
        return reviewAtUs;
    }

    /** The reason for the latest answer, null if the policy gives none. */
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

    /** Switches to another policy. Jobs lose the credit and debt that they had under the old one. */
    void change(ConfiguredPolicy next, List<TrackedJob> jobs, Iterable<TrackedWorker> workers) {
        policy = next;
        virtualNow = 0;
        jobs.forEach(j -> j.virtualTime = 0);
        workers.forEach(w -> w.grants.forEach(g -> g.charge = 0));
    }

    /**
     * Asks the policy about the jobs that have work and whose model a worker has.
     *
     * <p>Order, refusals and explanation come from the answer for all of these jobs. Shares only go to jobs that have
     * something to run: if some have not, or if there are fewer places than jobs, the policy is asked a second time
     * about the jobs that can run.
     */
    void recompute(List<TrackedJob> jobs, WorkerRegistry.Capacity available, long nowUs) {
        capacity = available;
        models.contention.available(available.units());
        List<TrackedJob> candidates = new ArrayList<>(jobs.size());
        for (TrackedJob job : jobs) {
            if (job.hasWork() && available.models().contains(job.descriptor.model())) {
                candidates.add(job);
            } else {
                job.share = 0;
            }
            job.rank = -1;
        }
        Allocation all = ask(candidates, Integer.MAX_VALUE, nowUs);
        working = candidates;
        ranking = all;
        explanation = all.explanation();
        reviewAtUs = at(nowUs, all.reviewAfterS());
        refused.clear();
        for (int i = 0; i < all.refusals(); i++) {
            refused.add(working.get(all.refused(i)));
        }
        List<TrackedJob> supplied = supplied(all, nowUs);
        int places = Math.min(policy.maxActive() - placedWithoutSupply(supplied), available.places());
        if (supplied.isEmpty() || places < 1) {
            supplied.forEach(j -> j.share = 0);
            take(List.of(), all, nowUs);
        } else if (supplied.size() == working.size() && supplied.size() <= places) {
            take(supplied, all, nowUs);
        } else {
            take(supplied, ask(supplied, places, nowUs), nowUs);
        }
    }

    /** Number of placed jobs without anything to run. They count as active. */
    private int placedWithoutSupply(List<TrackedJob> supplied) {
        if (policy.maxActive() == Integer.MAX_VALUE || supplied.size() == working.size()) {
            return 0;
        }
        return placed(working) - placed(supplied);
    }

    private static int placed(List<TrackedJob> jobs) {
        return (int) jobs.stream().filter(j -> j.placed).count();
    }

    private Allocation ask(List<TrackedJob> jobs, int places, long nowUs) {
        // A single job is not limited: no other job would use its idle cores, and all cores show how many it can use.
        boolean limited = jobs.size() > 1 && policy.policy() instanceof UsableCoresAware;
        List<SnapshotJob> views = new ArrayList<>(jobs.size());
        for (TrackedJob job : jobs) {
            views.add(job.view(
                    core(),
                    models.costs,
                    limited ? models.utilization.of(job.descriptor.model()) : UsableCores.UNKNOWN));
        }
        return policy.policy()
                .allocate(new Snapshot(nowUs / 1e6, capacity.millicores(), capacity.units(), places, speedup, views));
    }

    /**
     * The jobs that are not refused and have something to run, now or soon. If the policy binds workers, a job that has
     * begun also counts. If the policy does not lend idle cores, every job counts.
     */
    private List<TrackedJob> supplied(Allocation asked, long nowUs) {
        boolean lends = asked.spill() || asked.mode() == ExecutionMode.BOUND;
        boolean keeps = asked.mode() == ExecutionMode.BOUND;
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

    /** Stores the shares and ranks of these jobs. */
    private void take(List<TrackedJob> jobs, Allocation allocation, long nowUs) {
        mode = allocation.mode();
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
                rejoin(job);
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

    /** Jobs with chunks left to decode, in the policy's order. */
    List<TrackedJob> toDecode(int most) {
        List<TrackedJob> next = new ArrayList<>();
        Allocation order = ranking;
        for (int rank = 0; order != null && rank < order.size() && next.size() < most; rank++) {
            TrackedJob job = working.get(order.at(rank));
            if (!job.decoded() && job.wanted()) {
                next.add(job);
            }
        }
        return next;
    }

    /** The rank of each job in the policy's order of all jobs with work. */
    Map<TrackedJob, Integer> places() {
        Map<TrackedJob, Integer> places = new HashMap<>();
        Allocation order = ranking;
        for (int rank = 0; order != null && rank < order.size(); rank++) {
            places.put(working.get(order.at(rank)), rank);
        }
        return places;
    }

    /** The reason why the policy refuses a job: one line for people. */
    String refusal(TrackedJob job, long nowUs) {
        SnapshotJob view = job.view(core(), models.costs, UsableCores.UNKNOWN);
        double cores = core() <= 0 ? 0 : Math.min(capacity.units(), view.limit() / core());
        double needsS = cores <= 0 ? Double.POSITIVE_INFINITY : view.remainingS() / speedup.at(cores);
        double leftS = view.deadlineS() - nowUs / 1e6;
        String words = String.format(
                Locale.ROOT,
                "refused by the policy %s: it needs about %.1f s on all cores and its deadline %s",
                policy.name(),
                needsS,
                leftS <= 0 ? "has passed" : String.format(Locale.ROOT, "is in %.1f s", leftS));
        return needsS > leftS ? words : words + ", but jobs that were admitted earlier need that time";
    }

    private double core() {
        return capacity.units() == 0 ? 0 : capacity.millicores() / capacity.units();
    }

    private static long at(long nowUs, double afterS) {
        return afterS > 1e9 ? Long.MAX_VALUE : nowUs + Math.max(1, (long) Math.ceil(afterS * 1e6));
    }

    /** A job has something to run after it had nothing. */
    void rejoin(TrackedJob job) {
        job.virtualTime = Math.max(job.virtualTime, virtualNow);
    }

    /** The amount that a grant of so many frames adds to a job's virtual time; 0 for a job without a share. */
    double charge(TrackedJob job, int frames) {
        if (job.share <= 0) {
            return 0;
        }
        virtualNow = Math.max(virtualNow, job.virtualTime);
        return frames * capacity.millicores() / job.share;
    }

    /** Whether any job that may run has a ready chunk. */
    boolean anyReady() {
        for (TrackedJob job : ranked) {
            if (!job.ready.isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** Whether a job may run now. */
    boolean mayRun(TrackedJob job) {
        return job.rank >= 0 && (job.share > 0 || spill);
    }
}
