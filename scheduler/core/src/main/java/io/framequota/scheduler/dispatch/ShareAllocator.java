package io.framequota.scheduler.dispatch;

import io.framequota.scheduler.policy.Allocation;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.ExecutionMode;
import io.framequota.scheduler.policy.Snapshot;
import io.framequota.scheduler.policy.SnapshotJob;
import io.framequota.scheduler.policy.Speedup;
import io.framequota.scheduler.policy.UsableCoresAware;
import io.framequota.scheduler.policy.WidthExplanation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
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
    private final List<TrackedJob> working = new ArrayList<>();
    /** What the policy sees of each of {@link #working}. */
    private final List<SnapshotJob> views = new ArrayList<>();
    /** How many of {@link #working} have nothing to run, now or soon. */
    private int unsupplied;
    /** How many of {@link #working} have chunks left to decode. */
    private int undecoded;
    /** When the first of the others will have nothing to run, if no event arrives. */
    private long suppliedUntilUs = Long.MAX_VALUE;
    /** Whether views contain the cores that jobs can keep busy. */
    private boolean limited;
    /** Grows when views may differ although their jobs have not changed. */
    private long stamp;

    private long viewedChanges = -1;
    private double viewedCore;
    /** Whether the policy must be asked even if it would see the same as before. */
    private boolean mustAsk = true;

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

    /** The jobs of {@link #ranked} without a share, first ones first. */
    Iterator<TrackedJob> withoutShare() {
        return ranked.stream().filter(job -> job.share <= 0).iterator();
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
        mustAsk = true;
    }

    /** Switches to another policy. Jobs lose the credit and debt that they had under the old one. */
    void change(ConfiguredPolicy next, List<TrackedJob> jobs, Iterable<TrackedWorker> workers) {
        policy = next;
        mustAsk = true;
        virtualNow = 0;
        jobs.forEach(j -> j.virtualTime = 0);
        workers.forEach(w -> w.grants.forEach(g -> g.charge = 0));
    }

    /**
     * Asks the policy about the jobs that have work and whose model a worker has, unless nothing that it would see has
     * changed.
     *
     * <p>Order, refusals and explanation come from the answer for all of these jobs. Shares only go to jobs that have
     * something to run. So if some have not, the policy is asked a second time about the jobs that can run.
     */
    void recompute(List<TrackedJob> jobs, WorkerRegistry.Capacity available, long nowUs) {
        refused.clear();
        boolean same = available.equals(capacity);
        capacity = available;
        models.contention.available(available.units());
        same &= lookAt(jobs, nowUs);
        if (same && !mustAsk && nowUs < reviewAtUs) {
            return;
        }
        mustAsk = false;
        int places = Math.min(policy.maxActive() - placedWithoutSupply(), available.places());
        boolean once = unsupplied == 0 && (undecoded == 0 || working.size() <= places);
        Allocation answer = ask(views, once ? places : Integer.MAX_VALUE, nowUs);
        ranking = answer;
        explanation = answer.explanation();
        reviewAtUs = Math.min(suppliedUntilUs, at(nowUs, answer.reviewAfterS()));
        for (int i = 0; i < answer.refusals(); i++) {
            refused.add(working.get(answer.refused(i)));
        }
        List<TrackedJob> supplied = unsupplied == 0 && refused.isEmpty() ? working : supplied(answer);
        if (supplied.isEmpty() || places < 1) {
            supplied.forEach(j -> j.share = 0);
            take(List.of(), answer, nowUs);
        } else if (supplied.size() == working.size() && (once || working.size() <= places)) {
            take(working, answer, nowUs);
        } else {
            take(supplied, ask(viewsOf(supplied), places, nowUs), nowUs);
        }
    }

    /** Brings {@link #working} and {@link #views} up to date. Returns whether they are the same as before. */
    private boolean lookAt(List<TrackedJob> jobs, long nowUs) {
        if (models.changes() != viewedChanges || core() != viewedCore) {
            viewedChanges = models.changes();
            viewedCore = core();
            stamp++;
        }
        boolean same = update(jobs, nowUs);
        // A single job is not limited: no other job would use its idle cores, and all cores show how many it can use.
        boolean limits = working.size() > 1 && policy.policy() instanceof UsableCoresAware;
        if (limits == limited) {
            return same;
        }
        limited = limits;
        stamp++;
        update(jobs, nowUs);
        return false;
    }

    private boolean update(List<TrackedJob> jobs, long nowUs) {
        boolean same = true;
        int count = 0;
        unsupplied = 0;
        undecoded = 0;
        suppliedUntilUs = Long.MAX_VALUE;
        String model = "";
        boolean has = false;
        for (TrackedJob job : jobs) {
            // Most jobs have the same model as the one before.
            has = job.model.equals(model) ? has : capacity.models().contains(job.model);
            model = job.model;
            if (!has || !job.hasWork()) {
                job.share = 0;
                job.rank = -1;
                continue;
            }
            long untilUs = job.suppliedUntilUs();
            boolean now = nowUs < untilUs;
            suppliedUntilUs = now ? Math.min(suppliedUntilUs, untilUs) : suppliedUntilUs;
            unsupplied += now ? 0 : 1;
            undecoded += job.decoded() ? 0 : 1;
            same &= put(count++, job, job.view(viewedCore, models, limited, stamp)) && job.supplied == now;
            job.supplied = now;
        }
        same &= count == working.size();
        working.subList(count, working.size()).clear();
        views.subList(count, views.size()).clear();
        return same;
    }

    /** Returns whether the job and its view were there before. */
    private boolean put(int at, TrackedJob job, SnapshotJob view) {
        if (at == working.size()) {
            working.add(job);
            views.add(view);
            return false;
        }
        return working.set(at, job) == job & views.set(at, view) == view;
    }

    /** Number of placed jobs without anything to run. They count as active. */
    private int placedWithoutSupply() {
        if (policy.maxActive() == Integer.MAX_VALUE || unsupplied == 0) {
            return 0;
        }
        return (int) working.stream().filter(j -> j.placed && !j.supplied).count();
    }

    private List<SnapshotJob> viewsOf(List<TrackedJob> jobs) {
        boolean limits = limited && jobs.size() > 1;
        long as = limits == limited ? stamp : stamp + 1;
        stamp = limits == limited ? stamp : stamp + 2;
        List<SnapshotJob> seen = new ArrayList<>(jobs.size());
        jobs.forEach(job -> seen.add(job.view(viewedCore, models, limits, as)));
        return seen;
    }

    private Allocation ask(List<SnapshotJob> jobs, int places, long nowUs) {
        return policy.policy()
                .allocate(new Snapshot(nowUs / 1e6, capacity.millicores(), capacity.units(), places, speedup, jobs));
    }

    /**
     * The jobs that are not refused and have something to run, now or soon. If the policy binds workers, a job that has
     * begun also counts. If the policy does not lend idle cores, every job counts.
     */
    private List<TrackedJob> supplied(Allocation asked) {
        boolean keeps = asked.mode() == ExecutionMode.BOUND;
        boolean lends = asked.spill() || keeps;
        List<TrackedJob> supplied = new ArrayList<>(working.size());
        Set<TrackedJob> out = refused.isEmpty() ? Set.of() : new HashSet<>(refused);
        for (TrackedJob job : working) {
            if (out.contains(job) || !job.supplied && lends && !(keeps && job.placed)) {
                job.share = 0;
            } else {
                supplied.add(job);
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
        // If every job has a rank, each is read once, because jobs are scattered in memory.
        boolean every = allocation.size() == working.size();
        if (!every) {
            working.forEach(job -> job.rank = -1);
        }
        if (jobs.isEmpty()) {
            return;
        }
        reviewAtUs = Math.min(reviewAtUs, at(nowUs, allocation.reviewAfterS()));
        for (int i = 0; i < jobs.size() && !every; i++) {
            share(jobs.get(i), allocation.millicores(i));
        }
        for (int rank = 0; rank < allocation.size(); rank++) {
            int position = allocation.at(rank);
            TrackedJob job = jobs.get(position);
            job.rank = rank;
            ranked.add(job);
            if (every) {
                share(job, allocation.millicores(position));
            }
            if (job.share > 0) {
                holders.add(job);
            }
        }
    }

    private void share(TrackedJob job, double millicores) {
        if (millicores > 0 && job.share == 0) {
            rejoin(job);
        }
        job.share = millicores;
    }

    /** Jobs with chunks left to decode, in the policy's order. */
    List<TrackedJob> toDecode(int most) {
        List<TrackedJob> next = new ArrayList<>();
        Allocation order = ranking;
        int left = Math.min(most, undecoded);
        for (int rank = 0; order != null && rank < order.size() && next.size() < left; rank++) {
            TrackedJob job = working.get(order.at(rank));
            if (!job.decoded() && job.wanted()) {
                next.add(job);
            }
        }
        return next;
    }

    /** The rank of each job in the policy's order of all jobs with work. */
    Map<TrackedJob, Integer> places(long nowUs) {
        Allocation order = ranking;
        Map<TrackedJob, Integer> places = new HashMap<>();
        if (order == null || working.isEmpty()) {
            return places;
        }
        if (order.size() + order.refusals() < working.size()) {
            // The latest answer only ranked as many jobs as there are places.
            order = ask(views, Integer.MAX_VALUE, nowUs);
        }
        for (int rank = 0; rank < order.size(); rank++) {
            places.put(working.get(order.at(rank)), rank);
        }
        return places;
    }

    /** The reason why the policy refuses a job: one line for people. */
    String refusal(TrackedJob job, long nowUs) {
        SnapshotJob view = job.view(viewedCore, models, limited, stamp);
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
            if (job.readyChunks() > 0) {
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
