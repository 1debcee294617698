package io.framequota.scheduler.policy;

import java.util.Map;

/**
 * One job as a policy sees it.
 *
 * @param id of the job
 * @param arrival position in order of submission; no two jobs share one
 * @param placed whether the job has begun: a policy that serves to completion keeps it before those that have not
 * @param attainedCoreSeconds core-seconds it was served so far
 * @param attainedFrames frames inferred so far
 * @param remainingFrames frames still to infer, {@link #UNKNOWN} when the source does not say
 * @param limit the most millicores it can use at once; infinite when nothing limits it
 * @param labels as submitted
 */
public record SnapshotJob(
        String id,
        long arrival,
        boolean placed,
        double attainedCoreSeconds,
        long attainedFrames,
        long remainingFrames,
        double limit,
        Map<String, String> labels) {

    /** {@link #remainingFrames()} of a job whose length is not known. */
    public static final long UNKNOWN = -1;

    public SnapshotJob {
        if (!(limit > 0)) {
            throw new IllegalArgumentException("a job's limit must be above 0 millicores, not " + limit);
        }
        labels = Map.copyOf(labels);
    }

    /** A job of known or unknown length that has not begun, without limit or labels. */
    public static SnapshotJob queued(String id, long arrival, long remainingFrames) {
        return new SnapshotJob(id, arrival, false, 0, 0, remainingFrames, Double.POSITIVE_INFINITY, Map.of());
    }
}
