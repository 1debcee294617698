package io.framequota.scheduler.policy;

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
        int[] refused = NOBODY;
        int[] order;
        if (admission && snapshot.cores() > 0) {
            // All of them, also those that there is no place for yet.
            int[] byDeadline = new RankedJobs(snapshot, SnapshotJob::deadlineS).all();
            boolean[] out = new boolean[byDeadline.length];
            refused = refused(snapshot, byDeadline, out);
            order = Orders.resident(snapshot, byDeadline, out);
        } else {
            order = Orders.smallestFirst(snapshot, SnapshotJob::deadlineS);
        }
        double[] millicores = new double[snapshot.jobs().size()];
        Filling.inOrder(snapshot, order, Double.POSITIVE_INFINITY, snapshot.budget(), millicores);
        return new Allocation(order, millicores, Placement.SLICED, true).refusing(refused);
    }

    /**
     * Serves everybody one after the other by deadline, each on all cores that it can use. In order of arrival each joins
     * if then all who joined are in time; so who was let in stays in. A job that has begun is not sent away.
     *
     * @param out by position whether the job is refused, written
     */
    private static int[] refused(Snapshot snapshot, int[] byDeadline, boolean[] out) {
        List<SnapshotJob> jobs = snapshot.jobs();
        double[] needs = new double[byDeadline.length];
        double[] slack = new double[byDeadline.length];
        double finish = 0;
        double begun = 0;
        boolean allInTime = true;
        for (int r = 0; r < byDeadline.length; r++) {
            SnapshotJob job = jobs.get(byDeadline[r]);
            needs[r] = seconds(snapshot, job);
            slack[r] = job.deadlineS() - snapshot.nowS();
            finish += needs[r];
            allInTime &= finish <= slack[r];
            begun += job.placed() ? needs[r] : 0;
            // One that is late anyway takes time but cannot be made late by others.
            slack[r] = job.placed() && begun > slack[r] ? Double.POSITIVE_INFINITY : slack[r];
        }
        return allInTime ? NOBODY : refusedOneByOne(jobs, byDeadline, new Slack(needs, slack), out);
    }

    private static int[] refusedOneByOne(List<SnapshotJob> jobs, int[] byDeadline, Slack slack, boolean[] out) {
        int[] rank = new int[byDeadline.length];
        for (int r = 0; r < rank.length; r++) {
            rank[byDeadline[r]] = r;
            if (jobs.get(byDeadline[r]).placed()) {
                slack.join(r);
            }
        }
        int n = 0;
        for (int job = 0; job < rank.length; job++) {
            out[job] = !jobs.get(job).placed() && !slack.joinIfAllInTime(rank[job]);
            n += out[job] ? 1 : 0;
        }
        int[] refused = new int[n];
        for (int job = rank.length - 1; n > 0; job--) {
            if (out[job]) {
                refused[--n] = job;
            }
        }
        return refused;
    }

    /** Seconds that a job needs alone; 0 when they are not known, since then nothing can be said. */
    private static double seconds(Snapshot snapshot, SnapshotJob job) {
        if (job.sizeS() < 0 || !job.profiled()) {
            return 0;
        }
        double cores = Math.min(snapshot.cores(), job.limit() / snapshot.core());
        return job.remainingS() / snapshot.speedup().at(cores);
    }
}
