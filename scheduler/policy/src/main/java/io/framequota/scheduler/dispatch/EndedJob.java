package io.framequota.scheduler.dispatch;

import java.util.Map;

/**
 * A job that has ended, as whoever wants to learn from it needs it. Times are the dispatcher's.
 *
 * @param id of the job
 * @param labels as submitted
 * @param heardAtUs when it was first heard of, in microseconds
 * @param endedAtUs when its end was heard of
 * @param coreSeconds it needed: measured, and for frames of which no measured end came at the same cost; 0 when nothing of
 *     it ran
 * @param chunks that were run
 * @param whole whether this dispatcher saw all of it, from its first chunk on, until it ended without a failure known here
 * @param policy that decided when it ended
 * @param cores of the workers that the budget reached then
 */
public record EndedJob(
        String id,
        Map<String, String> labels,
        long heardAtUs,
        long endedAtUs,
        double coreSeconds,
        int chunks,
        boolean whole,
        String policy,
        int cores) {
    public EndedJob {
        labels = Map.copyOf(labels);
    }

    /** Seconds from when it was heard of to its end. */
    public double responseS() {
        return (endedAtUs - heardAtUs) / 1e6;
    }
}
