package io.framequota.scheduler.policy;

import java.util.HashMap;
import java.util.Map;

/**
 * One job as a policy sees it. Work is measured in core-seconds: the work that one core does in one second.
 *
 * @param id of the job
 * @param arrival position in order of submission; no two jobs share one
 * @param placed whether the job has begun and therefore keeps its place: see {@link Policy}
 * @param submittedS time of submission, in seconds
 * @param deadlineS time by which it should end, on the same clock; infinite if the submitter set none
 * @param weight its importance, above 0; 1 by default
 * @param attainedS work done so far
 * @param sizeS estimate of its total work, {@link #UNKNOWN} if its length is not known
 * @param profiled whether {@code sizeS} uses a measured cost; otherwise sizes can only be compared, and are not seconds
 * @param limit the most millicores that it can use at once; infinite if nothing limits it. For a
 *     {@link UsableCoresAware} policy the limit excludes cores that the job was measured to leave idle
 * @param usableCores that measurement
 * @param labels as submitted
 */
public record SnapshotJob(
        String id,
        long arrival,
        boolean placed,
        double submittedS,
        double deadlineS,
        double weight,
        double attainedS,
        double sizeS,
        boolean profiled,
        double limit,
        UsableCores usableCores,
        Map<String, String> labels) {

    /** The {@link #sizeS()} of a job whose length is not known. */
    public static final double UNKNOWN = -1;

    public SnapshotJob {
        if (!(limit > 0)) {
            throw new IllegalArgumentException("a job's limit must be above 0 millicores, not " + limit);
        }
        labels = Map.copyOf(labels);
    }

    /** A job that has not begun, submitted at time 0 without limit, deadline or labels. */
    public static SnapshotJob queued(String id, long arrival, double sizeS) {
        return new SnapshotJob(
                id,
                arrival,
                false,
                0,
                Double.POSITIVE_INFINITY,
                1,
                0,
                sizeS,
                true,
                Double.POSITIVE_INFINITY,
                UsableCores.UNKNOWN,
                Map.of());
    }

    /** The same job, begun, with so much work done. */
    public SnapshotJob begun(double attained) {
        return new SnapshotJob(
                id,
                arrival,
                true,
                submittedS,
                deadlineS,
                weight,
                attained,
                sizeS,
                profiled,
                limit,
                usableCores,
                labels);
    }

    /** The same job with another limit. */
    public SnapshotJob limited(double millicores) {
        return new SnapshotJob(
                id,
                arrival,
                placed,
                submittedS,
                deadlineS,
                weight,
                attainedS,
                sizeS,
                profiled,
                millicores,
                usableCores,
                labels);
    }

    /** The same job, submitted at this time with these labels, which set its weight and deadline. */
    public SnapshotJob submitted(double atS, Map<String, String> with) {
        return new SnapshotJob(
                id,
                arrival,
                placed,
                atS,
                SchedulingLabels.deadline(with, atS),
                SchedulingLabels.weight(with),
                attainedS,
                sizeS,
                profiled,
                limit,
                usableCores,
                shared(with));
    }

    /**
     * Interns labels, so that a decision by label over 10,000 jobs reads a few strings that stay in the processor's
     * cache instead of 10,000 copies.
     */
    private static Map<String, String> shared(Map<String, String> labels) {
        if (labels.isEmpty()) {
            return Map.of();
        }
        Map<String, String> shared = HashMap.newHashMap(labels.size());
        labels.forEach((name, value) -> shared.put(name.intern(), value.intern()));
        return shared;
    }

    /** The estimated work left, at least 0; infinite if the length is not known. */
    public double remainingS() {
        return sizeS < 0 ? Double.POSITIVE_INFINITY : Math.max(0, sizeS - attainedS);
    }
}
