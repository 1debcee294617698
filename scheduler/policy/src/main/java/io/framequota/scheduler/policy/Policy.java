package io.framequota.scheduler.policy;

/**
 * Divides the budget among jobs.
 *
 * <p>A policy is a pure function: equal snapshots give equal allocations, the shares are not negative and their sum never
 * exceeds {@link Snapshot#budget()}. It keeps no state between calls, so any thread may call it.
 */
@FunctionalInterface
public interface Policy {
    /** The allocation for this snapshot; exact shares, which whoever enforces them may have to round. */
    Allocation allocate(Snapshot snapshot);
}
