package io.framequota.scheduler.dispatch;

import java.util.Map;

/**
 * A job that has ended, as whoever wants to learn from it needs it. Times are the dispatcher's.
 *
 * @param id of the job
 * @param labels as submitted
 * @param heardAtUs when it was first heard of, in microseconds
 * @param readyAtUs when its first chunk was heard of
 * @param servedAtUs when its last measured chunk was finished
 * @param endedAtUs when its end was heard of
 * @param parallelism workers it may hold at once, no more than jobs of its model were measured to keep busy
 * @param coreSeconds it needed: measured, and for frames of which no measured end came at the same cost; 0 when nothing of
 *     it ran
 * @param chunks that were run
 * @param whole whether this dispatcher saw all of it, from its first chunk on, until it ended without a failure known here
 * @param policy that decided when it ended
 * @param pool the workers that could run something then
 */
public record EndedJob(
        String id,
        Map<String, String> labels,
        long heardAtUs,
        long readyAtUs,
        long servedAtUs,
        long endedAtUs,
        int parallelism,
        double coreSeconds,
        int chunks,
        boolean whole,
        String policy,
        Pool pool) {
    public EndedJob {
        labels = Map.copyOf(labels);
    }

    /** Seconds of its response that no worker could have shortened: before its first chunk and after its last one. */
    public double besideS() {
        return (Math.max(0, readyAtUs - heardAtUs) + Math.max(0, endedAtUs - servedAtUs)) / 1e6;
    }

    /** Seconds from when it was heard of to its end. */
    public double responseS() {
        return (endedAtUs - heardAtUs) / 1e6;
    }
}
