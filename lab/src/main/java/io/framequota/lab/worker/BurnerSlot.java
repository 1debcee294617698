package io.framequota.lab.worker;

import io.framequota.scheduler.dispatch.GrantRef;
import io.framequota.scheduler.dispatch.WorkerId;
import org.jspecify.annotations.Nullable;

/** A worker of one core, with one running and at most one waiting grant. */
final class BurnerSlot {
    /** A grant and its job. */
    record Held(GrantRef grant, DispatchJob job) {}

    final WorkerId id;
    final WorkerAssignment assignment;

    @Nullable
    Held running;

    @Nullable
    Held waiting;

    /** End of the previous chunk in nanoseconds; 0 if the worker was idle since. */
    long freeSince;

    BurnerSlot(WorkerAssignment assignment) {
        this.assignment = assignment;
        this.id = new WorkerId(assignment.name, assignment.name);
    }
}
