package io.framequota.scheduler.cgroup;

import io.framequota.common.cgroup.CpuQuota;
import io.framequota.common.cgroup.CpuUsage;

/** Where groups of processes are made. One owner: the process that opened it. Safe for use by several threads. */
public interface CpuGroups extends AutoCloseable {
    /** What this is and where, in a few words for people. */
    String description();

    /** The same for another process, which may limit the groups by it: a version, then a folder per hierarchy. */
    String place();

    /**
     * A new group without processes and without a limit.
     *
     * @param worker name, unique among the open groups of this owner: letters, digits, dots and hyphens
     * @throws EnforcementException when the system refuses
     */
    CpuGroup create(String worker);

    /** Limits all groups together: what weights then divide. */
    void limit(CpuQuota quota);

    /**
     * The part of all groups together beside everything else on the machine, as a cluster would set it for so many
     * millicores. A quota only limits; with a weight far above its neighbours' it is also there.
     */
    void weight(int millicores);

    /** What was counted for all groups together since this was opened. */
    CpuUsage use();

    /** Removes every group that is still there; processes in them live on without a limit of ours. Idempotent. */
    @Override
    void close();
}
