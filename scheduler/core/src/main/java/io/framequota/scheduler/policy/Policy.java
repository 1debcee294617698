package io.framequota.scheduler.policy;

/**
 * Divides the budget among jobs.
 *
 * <p>A policy is a pure function: equal snapshots give equal allocations, the shares are not negative and their sum never
 * exceeds {@link Snapshot#budget()}. It keeps no state that an answer depends on, so any thread may call it.
 *
 * <p>It sees jobs that are placed and jobs that are queued, and names at most {@link Snapshot#maxActive()} of them: those
 * that are placed stay, a queued one comes in where a place is free. A job that it will not serve at all it refuses
 * ({@link Allocation#refused}), but only before the job has begun. Where its answer changes with time alone it says when
 * ({@link Allocation#reviewAfterS}).
 */
@FunctionalInterface
public interface Policy {
    /** The allocation for this snapshot; exact shares, which whoever enforces them may have to round. */
    Allocation allocate(Snapshot snapshot);

    /**
     * Cores of one lane, where this policy is nothing but lanes of equal width: whoever came first takes the next free lane
     * and keeps it to the end, and {@link #allocate} never answers anything else as long as no job has a limit below a
     * lane's width. 0 where it is not so. Who simulates many jobs may then do without asking.
     *
     * @param cores of the snapshot, at least 1
     */
    default int laneWidth(int cores) {
        return 0;
    }

    /**
     * Whether jobs come to it limited to the cores that jobs like them were measured to keep busy. The others are told no
     * more than what a job's submitter asked for: their names promise who is served, whatever was measured.
     */
    default boolean goesByUptake() {
        return false;
    }
}
