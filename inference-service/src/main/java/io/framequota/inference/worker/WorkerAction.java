package io.framequota.inference.worker;

import io.framequota.contract.control.Grant;

/** What a worker has to do after a transition. */
public sealed interface WorkerAction {
    /** Give the grant to the pipeline. */
    record Launch(long epoch, Grant grant) implements WorkerAction {}

    /** Cancel the grant in the pipeline. */
    record Cancel(long epoch, GrantKey key) implements WorkerAction {}

    /** Report that the first frame of a grant was read. */
    record ReportStarted(GrantKey key, long firstFrameAtUs) implements WorkerAction {}

    /** Report how a grant ended. */
    record ReportEnd(GrantKey key, GrantOutcome outcome) implements WorkerAction {}

    /** Report that the worker leaves and holds no grant any more. */
    record ReportLeaving() implements WorkerAction {}
}
