package io.framequota.scheduler.policy;

/** Jobs for the tests of policies. */
public final class SnapshotJobs {
    private SnapshotJobs() {}

    /** The same job, also limited to the millicores that jobs of its model were measured to use. */
    public static SnapshotJob usingAtMost(SnapshotJob job, UsableCores measured, double millicores) {
        return new SnapshotJob(
                job.id(),
                job.arrival(),
                job.placed(),
                job.submittedS(),
                job.deadlineS(),
                job.weight(),
                job.attainedS(),
                job.sizeS(),
                job.profiled(),
                Math.min(job.limit(), millicores),
                measured,
                job.labels());
    }

    /** The same job before any chunk of its model was measured. */
    public static SnapshotJob unprofiled(SnapshotJob job) {
        return new SnapshotJob(
                job.id(),
                job.arrival(),
                job.placed(),
                job.submittedS(),
                job.deadlineS(),
                job.weight(),
                job.attainedS(),
                job.sizeS(),
                false,
                job.limit(),
                job.usableCores(),
                job.labels());
    }
}
