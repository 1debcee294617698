package io.framequota.scheduler.controller.enforce;

import io.framequota.common.cgroup.CpuUsage;
import io.framequota.scheduler.quota.LimitStore;
import io.framequota.scheduler.quota.WriteOutcome;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads the CPU limits of the workers of one backend, by worker name: multiples of 10 millicores, at least 10. For one
 * thread; calls may block. Each may throw {@link LimitsUnavailableException} or {@link
 * io.framequota.scheduler.cgroup.EnforcementException} if no worker can be limited at present.
 */
public interface WorkerLimits extends LimitStore<String>, AutoCloseable {
    /** Is told the outcome of a write that was not known at once. */
    interface Observer {
        /** Called on any thread; outcomes may come late, twice, or without a write. */
        void onOutcome(String worker, WriteOutcome outcome);
    }

    /**
     * Lets a worker use all of its cores.
     *
     * @param fair millicores that stay reserved for it, if the limit reserves any
     * @param full millicores of all of its cores
     * @return the outcome, if it is known at once
     */
    default Optional<WriteOutcome> unlimit(String worker, int fair, int full) {
        return write(worker, full);
    }

    /** Limits the total of all workers, if the backend can and weights alone would not limit it. */
    void limitTotal(int millicores);

    /** The CPU use of a worker, null if it is not known. */
    @Nullable
    CpuUsage use(String worker);

    /** Releases what was opened; the limits stay. Idempotent. */
    @Override
    void close();
}
