package io.framequota.scheduler.experiment.local;

import io.framequota.scheduler.enforce.CpuGroup;
import io.framequota.scheduler.enforce.CpuUse;
import org.jspecify.annotations.Nullable;

/** A worker process and, where the kernel lets us, the group that it is in. */
final class Member {
    final String name;
    final BurnerProcess burner;
    final @Nullable CpuGroup group;

    /** What it works on, null when it is idle. */
    @Nullable
    ActiveJob job;

    /** A job that begins as soon as the share is in force. */
    boolean begins;

    /** End of the job whose share this one takes over, in nanoseconds; 0 when there is none. */
    long takesOverFrom;

    /** What its job was last given; 0 when it is idle. */
    int millicores;

    int threads;
    private CpuUse before = CpuUse.NONE;

    Member(String name, BurnerProcess burner, @Nullable CpuGroup group) {
        this.name = name;
        this.burner = burner;
        this.group = group;
    }

    /** What was counted since {@link #mark}. */
    CpuUse used() {
        return count().since(before);
    }

    void mark() {
        before = count();
    }

    private CpuUse count() {
        return group == null ? new CpuUse(0, 0, 0, burner.cpuS()) : group.use();
    }
}
