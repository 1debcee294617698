package io.framequota.scheduler.controller.enforce;

import io.framequota.common.cgroup.CpuUsage;
import io.framequota.scheduler.quota.LimitStore;
import io.framequota.scheduler.quota.WriteOutcome;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What limits the workers of one home, by their names: multiples of 10 millicores, at least 10. For one thread; calls may
 * block. Each may throw {@link LimitsUnavailableException} or {@link io.framequota.scheduler.cgroup.EnforcementException}: nobody
 * can be limited now.
 */
public interface WorkerLimits extends LimitStore<String>, AutoCloseable {
    /** Hears what a home finds out about a write after it was made. */
    interface Observer {
        /** From any thread, late, twice or unasked. */
        void told(String worker, WriteOutcome outcome);
    }

    /**
     * Holds a worker back no more.
     *
     * @param fair what stays reserved for it, where a limit reserves anything
     * @param full what it may use: all of its cores
     * @return what became of it, where that is known at once
     */
    default Optional<WriteOutcome> free(String worker, int fair, int full) {
        return write(worker, full);
    }

    /** What all workers may use together, where weights alone would not bound it. */
    void total(int millicores);

    /** What a worker has used, null where it cannot be seen from here. */
    @Nullable
    CpuUsage use(String worker);

    /** Lets go of what was opened; what was written stays. Idempotent. */
    @Override
    void close();
}
