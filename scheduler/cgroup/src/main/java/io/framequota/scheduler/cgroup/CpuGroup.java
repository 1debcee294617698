package io.framequota.scheduler.cgroup;

import io.framequota.common.cgroup.CpuQuota;
import io.framequota.common.cgroup.CpuUsage;

/**
 * One worker's processes. Every method that writes or reads throws {@link EnforcementException} when the system refuses
 * or the group is gone. Safe for use by several threads.
 */
public interface CpuGroup extends AutoCloseable {
    /** The worker's name. */
    String name();

    /** Moves a process in, with all its threads; what it starts later is born here. */
    void add(long pid);

    /**
     * Limits the group. The kernel refills the quota on every write, so a caller writes at most once a period
     * ({@link io.framequota.scheduler.quota.QuotaPlanner}).
     */
    void quota(CpuQuota quota);

    /** The limit in force, as the system states it. */
    CpuQuota quota();

    /**
     * Its part beside other busy groups; at least 1. 1000 weigh as much as a group that nobody gave a weight, in both
     * versions.
     */
    void weight(int millicores);

    /** The weight in force in the kernel's own unit: {@code cpu.shares} in version 1, {@code cpu.weight} in version 2. */
    long weight();

    /** What was counted since the group was made. */
    CpuUsage use();

    /** Moves the processes out and removes the group. Idempotent. */
    @Override
    void close();
}
