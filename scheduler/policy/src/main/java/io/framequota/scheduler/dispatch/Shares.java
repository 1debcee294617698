package io.framequota.scheduler.dispatch;

import io.framequota.scheduler.policy.Allocation;
import io.framequota.scheduler.policy.ChosenPolicy;
import io.framequota.scheduler.policy.Explanation;
import io.framequota.scheduler.policy.Placement;
import io.framequota.scheduler.policy.Snapshot;
import io.framequota.scheduler.policy.SnapshotJob;
import io.framequota.scheduler.policy.Speedup;
import io.framequota.scheduler.policy.Uptake;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the policy says now: asks it when something changed, and keeps each job's share, rank and virtual time.
 *
 * <p>A job's virtual time grows by frames granted per share, so the smallest comes next. A job that comes new, or comes
 * back from having nothing to run, starts at the virtual time of the latest grant: it gets its share from now on, and
 * neither catches up on what it did not ask for nor waits for others to.
 */
final class Shares {
    private ChosenPolicy policy;
    private Placement placement = Placement.SLICED;
    private boolean spill;
    private Workers.Capacity capacity = new Workers.Capacity(0, 0, Integer.MAX_VALUE, Set.of());
    /** Jobs that may run, best first. */
    private final List<Job> ranked = new ArrayList<>();
    /** Those of them with a share. */
    private final List<Job> holders = new ArrayList<>();

    /** Jobs that the policy does not want to serve at all. */
    private final List<Job> refused = new ArrayList<>();

    private final Costs costs;
    private final Uptakes uptakes;
    private Speedup speedup = Speedup.LINEAR;
    private double virtualNow;
    private long reviewAtUs = Long.MAX_VALUE;
    private @Nullable Explanation explanation;

    Shares(ChosenPolicy policy, Costs costs, Uptakes uptakes) {
        this.policy = policy;
        this.costs = costs;
        this.uptakes = uptakes;
    }

    ChosenPolicy policy() {
        return policy;
    }

    Placement placement() {
        return placement;
    }

    boolean spill() {
        return spill;
    }

    Workers.Capacity capacity() {
        return capacity;
    }

    List<Job> ranked() {
        return ranked;
    }

    List<Job> holders() {
        return holders;
    }

    /** Jobs that the latest answer refuses. */
    List<Job> refused() {
        return refused;
    }

    /** When the policy may answer differently though nothing happens. */
    long reviewAtUs() {
        return reviewAtUs;
    }

    /** Why the latest answer is so, null when the policy gives no reason. */
    @Nullable
    Explanation explanation() {
        return explanation;
    }

    void measured(Speedup measured) {
        speedup = measured;
    }

    /** Another policy decides: nobody brings credit or debt from the old one. */
    void change(ChosenPolicy next, List<Job> jobs, Iterable<Worker> workers) {
        policy = next;
        virtualNow = 0;
        jobs.forEach(j -> j.virtualTime = 0);
        workers.forEach(w -> w.grants.forEach(g -> g.charge = 0));
    }

    /** Asks the policy about the jobs that have work and a worker with their model: others would hold shares for nothing. */
    void recompute(List<Job> jobs, Workers.Capacity available, long nowUs) {
        capacity = available;
        double core = available.units() == 0 ? 0 : available.millicores() / available.units();
        List<Job> working = new ArrayList<>(jobs.size());
        for (Job job : jobs) {
            if (job.hasWork() && available.models().contains(job.spec.model())) {
                working.add(job);
            } else {
                job.share = 0;
            }
            job.rank = -1;
        }
        // Nobody else would take what a lone job leaves idle, and having everything shows what it can use.
        boolean limited = working.size() > 1 && policy.policy().goesByUptake();
        List<SnapshotJob> views = new ArrayList<>(working.size());
        for (Job job : working) {
            views.add(job.view(core, costs, limited ? uptakes.of(job.spec.model()) : Uptake.UNKNOWN));
        }
        int places = Math.min(policy.maxActive(), available.places());
        Allocation allocation = policy.policy()
                .allocate(new Snapshot(nowUs / 1e6, available.millicores(), available.units(), places, speedup, views));
        for (int i = 0; i < working.size(); i++) {
            Job job = working.get(i);
            double share = allocation.millicores(i);
            if (share > 0 && job.share == 0) {
                arrive(job);
            }
            job.share = share;
        }
        explanation = allocation.explanation();
        reviewAtUs = at(nowUs, allocation.reviewAfterS());
        placement = allocation.placement();
        spill = allocation.spill();
        ranked.clear();
        holders.clear();
        for (int rank = 0; rank < allocation.size(); rank++) {
            Job job = working.get(allocation.at(rank));
            job.rank = rank;
            ranked.add(job);
            if (job.share > 0) {
                holders.add(job);
            }
        }
        refused.clear();
        for (int i = 0; i < allocation.refusals(); i++) {
            refused.add(working.get(allocation.refused(i)));
        }
    }

    private static long at(long nowUs, double afterS) {
        return afterS > 1e9 ? Long.MAX_VALUE : nowUs + Math.max(1, (long) Math.ceil(afterS * 1e6));
    }

    /** A job has something to run after it had nothing. */
    void arrive(Job job) {
        job.virtualTime = Math.max(job.virtualTime, virtualNow);
    }

    /** What a grant of this many frames adds to a job's virtual time; a job that only fills gaps is not charged. */
    double charge(Job job, int frames) {
        if (job.share <= 0) {
            return 0;
        }
        virtualNow = Math.max(virtualNow, job.virtualTime);
        return frames * capacity.millicores() / job.share;
    }

    /** Whether any job that may run has a chunk for it. */
    boolean anyReady() {
        for (Job job : ranked) {
            if (!job.ready.isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** Whether a job may run anything at all now. */
    boolean mayRun(Job job) {
        return job.rank >= 0 && (job.share > 0 || spill);
    }
}
