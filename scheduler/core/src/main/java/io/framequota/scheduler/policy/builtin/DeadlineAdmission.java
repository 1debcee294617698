package io.framequota.scheduler.policy.builtin;

import io.framequota.scheduler.policy.RankedJobs;
import io.framequota.scheduler.policy.Snapshot;
import io.framequota.scheduler.policy.SnapshotJob;
import java.util.Arrays;
import java.util.List;

/**
 * Admits jobs by deadline. It assumes that jobs run one after the other by deadline, each on all cores that it can use.
 * In order of arrival, each job is admitted if all admitted jobs, including this one, then meet their deadlines. So an
 * admitted job stays admitted, and a job that has begun is never refused. For one use.
 *
 * <p>One pass decides most jobs: a job that would be late even alone is refused, and after the last deadline that is
 * missed if all jobs are admitted, every job is admitted. Only the other jobs are tried one by one.
 */
final class DeadlineAdmission {
    private final Snapshot snapshot;
    private final boolean[] placed;
    private final boolean[] out;
    /** Positions of the jobs that are in time if they run alone, by deadline. */
    private final int[] byDeadline;

    private int begun;
    private int refused;

    DeadlineAdmission(Snapshot snapshot) {
        this.snapshot = snapshot;
        List<SnapshotJob> jobs = snapshot.jobs();
        int size = jobs.size();
        placed = new boolean[size];
        out = new boolean[size];
        double[] needs = new double[size];
        double[] slack = new double[size];
        RankedJobs ranked = new RankedJobs(size);
        for (int i = 0; i < size; i++) {
            SnapshotJob job = jobs.get(i);
            placed[i] = job.placed();
            begun += placed[i] ? 1 : 0;
            needs[i] = seconds(job);
            slack[i] = job.deadlineS() - snapshot.nowS();
            if (!placed[i] && needs[i] > slack[i]) {
                refuse(i);
            } else {
                ranked.add(i, job.deadlineS(), true);
            }
        }
        byDeadline = ranked.staying();
        int contested = contested(needs, slack);
        if (contested > 0) {
            oneByOne(needs, slack, contested);
        }
    }

    /**
     * Positions of the jobs that may be active, by deadline: placed jobs stay, and admitted jobs fill the free places.
     */
    int[] order() {
        int places = snapshot.active();
        int free = Math.max(0, places - begun);
        int[] order = new int[Math.min(places, byDeadline.length)];
        int n = 0;
        for (int r = 0; r < byDeadline.length && n < places; r++) {
            int job = byDeadline[r];
            if (placed[job] || !out[job] && free-- > 0) {
                order[n++] = job;
            }
        }
        return n == order.length ? order : Arrays.copyOf(order, n);
    }

    /** Positions of the refused jobs, by arrival. */
    int[] refused() {
        int[] positions = new int[refused];
        for (int i = 0, n = 0; n < refused; i++) {
            if (out[i]) {
                positions[n++] = i;
            }
        }
        return positions;
    }

    private void refuse(int position) {
        out[position] = true;
        refused++;
    }

    /**
     * Counts the earliest deadlines that must be tried one by one: all later jobs are in time even if every job is
     * admitted.
     *
     * @param slack set to infinity for a begun job that is late anyway: it takes time, but other jobs cannot make it
     *     late
     */
    private int contested(double[] needs, double[] slack) {
        int contested = 0;
        double finish = 0;
        double finishBegun = 0;
        for (int r = 0; r < byDeadline.length; r++) {
            int job = byDeadline[r];
            finish += needs[job];
            if (placed[job]) {
                finishBegun += needs[job];
                slack[job] = finishBegun > slack[job] ? Double.POSITIVE_INFINITY : slack[job];
            }
            contested = finish > slack[job] ? r + 1 : contested;
        }
        return contested;
    }

    private void oneByOne(double[] needs, double[] slack, int contested) {
        SlackTree joined = new SlackTree(contested);
        // By position: the rank plus 1, or 0 if the job is already decided.
        int[] tried = new int[out.length];
        for (int r = 0; r < contested; r++) {
            int job = byDeadline[r];
            if (placed[job]) {
                joined.begun(r, needs[job], slack[job]);
            } else {
                tried[job] = r + 1;
            }
        }
        joined.sumUp();
        for (int job = 0; job < tried.length; job++) {
            if (tried[job] > 0 && !joined.joinIfAllInTime(tried[job] - 1, needs[job], slack[job])) {
                refuse(job);
            }
        }
    }

    /** Seconds that a job needs if it runs alone; 0 if they are unknown, so that the job is never refused. */
    private double seconds(SnapshotJob job) {
        if (job.sizeS() < 0 || !job.profiled()) {
            return 0;
        }
        double cores = Math.min(snapshot.cores(), job.limit() / snapshot.core());
        return job.remainingS() / snapshot.speedup().at(cores);
    }
}
