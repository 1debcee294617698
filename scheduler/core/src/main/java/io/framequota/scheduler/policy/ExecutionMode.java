package io.framequota.scheduler.policy;

/** How a job's share turns into workers. */
public enum ExecutionMode {
    /** A job is bound to as many workers as its share fills. They serve no other job until it ends. */
    BOUND,
    /** Jobs are cut into chunks, and any worker serves any chunk. Shares hold on average over time. */
    SLICED
}
