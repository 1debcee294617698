package io.framequota.scheduler.policy;

import java.util.Arrays;
import java.util.List;

/**
 * Who is let in by deadline. Serves everybody one after the other by deadline, each on all cores that it can use. In order of
 * arrival each joins if then all who joined are in time; so who was let in stays in. A job that has begun is not sent away.
 * For one use.
 *
 * <p>Each job is looked at once. Most are then settled: who would be late even alone is out, and behind the last deadline that
 * is missed when all join nobody can make anybody late. Only who is left is tried one by one.
 */
final class DeadlineAdmission {
    private final Snapshot snapshot;
    private final boolean[] placed;
    private final boolean[] out;
    /** Positions of those that are not late even alone, by deadline. */
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

    /** Positions of those that may be active, by deadline: who has begun stays, the first of those let in join them. */
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

    /** Positions of those that are not let in, by arrival. */
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
     * How many of the first deadlines to look at: behind them everybody is in time even if all join.
     *
     * @param slack infinite afterwards for one that is late anyway: it takes time but cannot be made late by others
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
        // By position, 1 more than the rank; 0 for one who is settled.
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

    /** Seconds that a job needs alone; 0 when they are not known, since then nothing can be said. */
    private double seconds(SnapshotJob job) {
        if (job.sizeS() < 0 || !job.profiled()) {
            return 0;
        }
        double cores = Math.min(snapshot.cores(), job.limit() / snapshot.core());
        return job.remainingS() / snapshot.speedup().at(cores);
    }
}
