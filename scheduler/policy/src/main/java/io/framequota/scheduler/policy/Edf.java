package io.framequota.scheduler.policy;

import java.util.Arrays;
import java.util.List;

/** Earliest deadline first. With admission, a newcomer that would miss its deadline or make another one miss is refused. */
final class Edf implements Policy {
    private static final Parameter ADMISSION = new Parameter(
            "admission",
            "whether a request that cannot meet its deadline, or would make one that came before miss, is refused",
            new Parameter.OneOf("true", "false"),
            "true");

    static final PolicyKind KIND = new PolicyKind(
            "edf",
            List.of(),
            "The request whose deadline (label deadline, seconds) is next gets every core; what cannot be in time is"
                    + " refused.",
            List.of(ADMISSION),
            values -> new Edf(values.isTrue(ADMISSION)));

    private static final int[] NOBODY = {};

    private final boolean admission;

    private Edf(boolean admission) {
        this.admission = admission;
    }

    @Override
    public Allocation allocate(Snapshot snapshot) {
        int[] order = Orders.smallestFirst(snapshot, SnapshotJob::deadlineS);
        int[] refused = admission && snapshot.cores() > 0 ? refused(snapshot, order) : NOBODY;
        if (refused.length > 0) {
            order = without(order, refused, snapshot.jobs().size());
        }
        double[] millicores = new double[snapshot.jobs().size()];
        Filling.inOrder(snapshot, order, Double.POSITIVE_INFINITY, snapshot.budget(), millicores);
        return new Allocation(order, millicores, Placement.SLICED, true).refusing(refused);
    }

    /**
     * Serves everybody one after the other by deadline, each on all cores that it can use. In order of arrival each joins
     * if then all who joined are in time; so who was let in stays in. A job that has begun is not sent away.
     */
    private static int[] refused(Snapshot snapshot, int[] order) {
        List<SnapshotJob> jobs = snapshot.jobs();
        // All of them, also those that there is no place for yet.
        int[] byDeadline = order.length == jobs.size() ? order : Orders.everyone(snapshot, SnapshotJob::deadlineS);
        double[] needs = new double[jobs.size()];
        double[] slack = new double[jobs.size()];
        int[] rank = new int[jobs.size()];
        double finish = snapshot.nowS();
        boolean allInTime = true;
        for (int r = 0; r < byDeadline.length; r++) {
            SnapshotJob job = jobs.get(byDeadline[r]);
            rank[byDeadline[r]] = r;
            slack[r] = job.deadlineS() - snapshot.nowS();
            needs[r] = seconds(snapshot, job);
            finish += needs[r];
            allInTime &= finish <= job.deadlineS();
        }
        return allInTime ? NOBODY : refusedOneByOne(jobs, byDeadline, rank, needs, slack);
    }

    private static int[] refusedOneByOne(
            List<SnapshotJob> jobs, int[] byDeadline, int[] rank, double[] needs, double[] slack) {
        double begun = 0;
        for (int r = 0; r < slack.length; r++) {
            begun += jobs.get(byDeadline[r]).placed() ? needs[r] : 0;
            // One that is late anyway takes time but cannot be made late by others.
            slack[r] = jobs.get(byDeadline[r]).placed() && begun > slack[r] ? Double.POSITIVE_INFINITY : slack[r];
        }
        Slack tree = new Slack(slack);
        int[] refused = new int[jobs.size()];
        int n = 0;
        for (int job = 0; job < rank.length; job++) {
            if (jobs.get(job).placed()) {
                tree.join(rank[job], needs[rank[job]]);
            }
        }
        for (int job = 0; job < rank.length; job++) {
            int at = rank[job];
            if (!jobs.get(job).placed() && !tree.joinIfAllInTime(at, needs[at])) {
                refused[n++] = job;
            }
        }
        return Arrays.copyOf(refused, n);
    }

    /** Seconds that a job needs alone; 0 when they are not known, since then nothing can be said. */
    private static double seconds(Snapshot snapshot, SnapshotJob job) {
        if (job.sizeS() < 0 || !job.profiled()) {
            return 0;
        }
        double cores = Math.min(snapshot.cores(), job.limit() / snapshot.core());
        return job.remainingS() / snapshot.speedup().at(cores);
    }

    private static int[] without(int[] order, int[] refused, int jobs) {
        boolean[] out = new boolean[jobs];
        for (int job : refused) {
            out[job] = true;
        }
        int[] kept = new int[order.length];
        int n = 0;
        for (int job : order) {
            if (!out[job]) {
                kept[n++] = job;
            }
        }
        return Arrays.copyOf(kept, n);
    }
}
