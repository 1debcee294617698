package io.framequota.inference.worker;

import io.framequota.contract.control.Grant;

/** What a worker is to do after a transition. */
public sealed interface WorkerAction {
    /** Give the grant to the pipeline. */
    record Launch(long epoch, Grant grant) implements WorkerAction {}

    /** Have the pipeline drop it; nothing of it is to be published that has not been. */
    record Cancel(long epoch, GrantKey key) implements WorkerAction {}

    /** Say that a grant's first frame was read. */
    record ReportStarted(GrantKey key, long firstFrameAtUs) implements WorkerAction {}

    /** Say how a grant ended. */
    record ReportEnd(GrantKey key, GrantOutcome outcome) implements WorkerAction {}

    /** Say that the worker leaves; nothing is held any more. */
    record ReportLeaving() implements WorkerAction {}
}
