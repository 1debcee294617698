package io.framequota.scheduler.dispatch;

/**
 * A grant that was decided and what became of it. Times are microseconds, 0 while they are unknown.
 *
 * @param sequence 1, 2, ... in order of decision
 * @param job id of the job
 * @param chunk index of the chunk
 * @param attempt number of the attempt
 * @param worker name of the worker
 * @param prefetched whether the worker was busy and the grant had to wait
 * @param decidedAtUs when it was decided
 * @param startedAtUs when the worker read its first frame, by the worker's clock
 * @param finishedAtUs when it ended
 * @param delayUs from the decision, or for a prefetched grant from the moment the worker became free, to the first frame;
 *     -1 while unknown
 * @param outcome what became of it
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

    /** What became of a grant. */
    public enum Outcome {
        /** Waits or runs. */
        OPEN,
        FINISHED,
        FAILED,
        /** Given back before it started. */
        REVOKED,
        /** Its worker vanished, or never showed it. */
        LOST,
        /** Its job ended first. */
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
