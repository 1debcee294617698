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
}
