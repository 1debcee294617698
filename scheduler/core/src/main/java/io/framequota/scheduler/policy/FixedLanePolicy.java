package io.framequota.scheduler.policy;

/**
 * A policy that only fills lanes of equal width: the job that came first takes the next free lane and keeps it until it
 * ends. The simulator then computes a run without calling {@link #allocate} at every event.
 */
public interface FixedLanePolicy extends Policy {
    /**
     * Returns the cores of one lane, or 0 if this configuration of the policy does not use lanes. If above 0,
     * {@link #allocate} must give the same answer as lanes would, as long as no job's limit is below the lane width.
     *
     * @param cores of the snapshot, at least 1
     */
    int laneWidth(int cores);
}
