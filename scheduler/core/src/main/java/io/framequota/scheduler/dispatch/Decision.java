package io.framequota.scheduler.dispatch;

/**
 * One grant in the decision log and its outcome. Times are in microseconds; 0 while unknown.
 *
 * @param sequence 1, 2, ... in order of decision
 * @param job id of the job
 * @param chunk index of the chunk
 * @param attempt number of the attempt
 * @param worker name of the worker
 * @param prefetched whether the worker was busy, so that the grant had to wait
 * @param decidedAtUs time of the decision
 * @param startedAtUs time at which the worker read the first frame, by the worker's clock
 * @param finishedAtUs time at which the grant ended
 * @param delayUs from the decision (for a prefetched grant: from the moment the worker became free) to the first frame;
 *     -1 while unknown
 * @param outcome how it ended
 */
public record Decision(
        long sequence,
        String job,
        int chunk,
        int attempt,
        String worker,
        boolean prefetched,
        long decidedAtUs,
        long startedAtUs,
        long finishedAtUs,
        long delayUs,
        Outcome outcome) {

    /** How a grant ended. */
    public enum Outcome {
        /** It waits or runs. */
        OPEN,
        FINISHED,
        FAILED,
        /** The worker returned it before it started. */
        REVOKED,
        /** Its worker vanished, or its worker's heartbeats did not show it. */
        LOST,
        /** Its job ended before it did. */
        DROPPED
    }

    Decision started(long atUs, long delay) {
        return new Decision(
                sequence, job, chunk, attempt, worker, prefetched, decidedAtUs, atUs, finishedAtUs, delay, outcome);
    }

    Decision ended(long atUs, Outcome how) {
        return new Decision(
                sequence, job, chunk, attempt, worker, prefetched, decidedAtUs, startedAtUs, atUs, delayUs, how);
    }
}
