package io.framequota.inference.control;

import io.framequota.contract.control.Grant;

/** What a worker is to do after a transition. */
public sealed interface Action {
    /** Give the grant to the pipeline. */
    record Launch(long epoch, Grant grant) implements Action {}

    /** Have the pipeline drop it; nothing of it is to be published that has not been. */
    record Cancel(long epoch, GrantKey key) implements Action {}

    /** Say that a grant's first frame was read. */
    record ReportStarted(GrantKey key, long firstFrameAtUs) implements Action {}

    /** Say how a grant ended. */
    record ReportEnd(GrantKey key, Outcome outcome) implements Action {}

    /** Say that the worker leaves; nothing is held any more. */
    record ReportLeaving() implements Action {}
}
