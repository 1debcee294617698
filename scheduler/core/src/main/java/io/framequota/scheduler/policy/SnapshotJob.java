package io.framequota.scheduler.policy;

import java.util.HashMap;
import java.util.Map;

/**
 * One job as a policy sees it. Work is counted in core-seconds: what one core does in a second.
 *
 * @param id of the job
 * @param arrival position in order of submission; no two jobs share one
 * @param placed whether the job has begun, and holds memory: see {@link Policy}
 * @param submittedS when it was submitted, in seconds
 * @param deadlineS when it should have ended, on the same clock; infinite when nobody said
 * @param weight how much it counts, above 0, 1 by default
 * @param attainedS work done so far
 * @param sizeS estimate of its whole work, {@link #UNKNOWN} when the source does not say
 * @param profiled whether {@code sizeS} rests on a measured cost; else sizes can be compared, but are no seconds
 * @param limit the most millicores it can use at once, those that it was measured to leave idle left out; infinite when
 *     nothing limits it
 * @param uptake what was measured of that
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
        UsableCores uptake,
        Map<String, String> labels) {

    /** {@link #sizeS()} of a job whose length is not known. */
    public static final double UNKNOWN = -1;

    public SnapshotJob {
        if (!(limit > 0)) {
            throw new IllegalArgumentException("a job's limit must be above 0 millicores, not " + limit);
        }
        labels = Map.copyOf(labels);
    }

    /** A job of known or unknown length that has not begun, submitted at 0 without limit, deadline or labels. */
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

    /** The same job, begun, with this much work done. */
    public SnapshotJob begun(double attained) {
        return new SnapshotJob(
                id, arrival, true, submittedS, deadlineS, weight, attained, sizeS, profiled, limit, uptake, labels);
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
                uptake,
                labels);
    }

    /** The same job, limited to the millicores that jobs of its model were measured to use. */
    public SnapshotJob taking(UsableCores measured, double millicores) {
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
                Math.min(limit, millicores),
                measured,
                labels);
    }

    /** The same job while nobody has measured what its model costs. */
    public SnapshotJob unprofiled() {
        return new SnapshotJob(
                id, arrival, placed, submittedS, deadlineS, weight, attainedS, sizeS, false, limit, uptake, labels);
    }

    /** The same job as submitted at that time with these labels; its weight and deadline are what they say. */
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
                uptake,
                shared(with));
    }

    /**
     * The same labels in words that all jobs share: of ten thousand jobs a decision by label then looks at a few words that
     * stay in the processor's cache, and not at ten thousand copies of them.
     */
    private static Map<String, String> shared(Map<String, String> labels) {
        if (labels.isEmpty()) {
            return Map.of();
        }
        Map<String, String> shared = HashMap.newHashMap(labels.size());
        labels.forEach((name, value) -> shared.put(name.intern(), value.intern()));
        return shared;
    }

    /** Work left by the estimate, at least 0; infinite when the length is not known. */
    public double remainingS() {
        return sizeS < 0 ? Double.POSITIVE_INFINITY : Math.max(0, sizeS - attainedS);
    }
}
