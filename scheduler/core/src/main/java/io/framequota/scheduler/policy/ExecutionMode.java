package io.framequota.scheduler.policy;

/** How a job's share turns into workers. */
public enum ExecutionMode {
    /** A job is bound to as many workers as its share fills; they serve nothing else until it has ended. */
    BOUND,
    /** Jobs are sliced into chunks and any worker serves any chunk; shares hold over time. */
    SLICED
}
