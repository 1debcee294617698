package io.framequota.lab.worker;

import io.framequota.scheduler.dispatch.GrantRef;
import io.framequota.scheduler.dispatch.WorkerId;
import org.jspecify.annotations.Nullable;

/** A worker of one core: one grant runs, one may wait. */
final class BurnerSlot {
    /** A grant and its job. */
    record Held(GrantRef grant, DispatchJob job) {}

    final WorkerId id;
    final WorkerAssignment assignment;

    @Nullable
    Held running;

    @Nullable
    Held waiting;

    /** End of its chunk before, in nanoseconds; 0 when it stood idle. */
    long freeSince;

    BurnerSlot(WorkerAssignment assignment) {
        this.assignment = assignment;
        this.id = new WorkerId(assignment.name, assignment.name);
    }
}
