package io.framequota.scheduler.policy;

/**
 * Divides the CPU budget among jobs.
 *
 * <p>A policy is a pure function: equal snapshots give equal allocations. It keeps no state that changes an answer and
 * reads no clock, so any thread may call it. Shares are at least 0, at most the job's {@link SnapshotJob#limit}, and
 * their sum is at most {@link Snapshot#budget()}.
 *
 * <p>A snapshot contains placed jobs (they have begun) and queued jobs. The answer ranks at most
 * {@link Snapshot#maxActive()} of them: every placed job keeps its place, and queued jobs fill the free places.
 * {@link JobOrders} follows this rule.
 *
 * <p>This is all that a policy must implement. What else a policy may say is optional: {@link Allocation} can carry
 * refusals, a review time and an explanation; {@link UsableCoresAware} and {@link FixedLanePolicy} are separate
 * interfaces.
 */
@FunctionalInterface
public interface Policy {
    /** Returns the allocation for this snapshot. Shares are exact; the code that enforces them rounds. */
    Allocation allocate(Snapshot snapshot);
}
