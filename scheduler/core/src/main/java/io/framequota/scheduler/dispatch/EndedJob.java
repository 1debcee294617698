package io.framequota.scheduler.dispatch;

import java.util.List;
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
 * @param parallelism workers it may hold at once
 * @param coreSeconds it needed: measured, and for frames of which no measured end came at the same cost; 0 when nothing of
 *     it ran
 * @param chunks that were run
 * @param whole whether this dispatcher saw all of it in one go, from its first chunk on, until it ended without a failure known
 *     here: not a job that was redriven, or that ran under an earlier leader
 * @param policy that decided when it ended
 * @param pool the workers that could run something then
 * @param source what was known of its source, and when
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
        WorkerFleet pool,
        Source source) {
    public EndedJob {
        labels = Map.copyOf(labels);
    }

    /**
     * What was known of a job's source.
     *
     * @param model that it asked for
     * @param kind what its frames are like
     * @param frames inferred
     * @param perFrameThenS core-seconds of a frame as measured when it was first looked at, 0 when none was measured
     * @param known its length as it became known, in order of time
     * @param decodedAtUs when its last chunk was heard of
     */
    public record Source(
            String model, FrameKind kind, long frames, double perFrameThenS, List<Known> known, long decodedAtUs) {
        public Source {
            known = List.copyOf(known);
        }
    }

    /** From a time on so many frames were expected, estimated or counted. */
    public record Known(long atUs, long frames, boolean estimated) {}

    /** Seconds from when its last chunk was done to its end: no worker could have shortened them. */
    public double afterS() {
        return Math.max(0, endedAtUs - servedAtUs) / 1e6;
    }

    /** Seconds from when it was heard of to its end. */
    public double responseS() {
        return (endedAtUs - heardAtUs) / 1e6;
    }
}
