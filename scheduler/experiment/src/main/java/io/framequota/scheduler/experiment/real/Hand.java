package io.framequota.scheduler.experiment.real;

import io.framequota.scheduler.dispatch.GrantRef;
import io.framequota.scheduler.dispatch.WorkerId;
import org.jspecify.annotations.Nullable;

/** A worker of one core: one grant runs, one may wait. */
final class Hand {
    /** A grant and its job. */
    record Held(GrantRef grant, ChunkedJob job) {}

    final WorkerId id;
    final Member member;

    @Nullable
    Held running;

    @Nullable
    Held waiting;

    /** End of its chunk before, in nanoseconds; 0 when it stood idle. */
    long freeSince;

    Hand(Member member) {
        this.member = member;
        this.id = new WorkerId(member.name, member.name);
    }
}
