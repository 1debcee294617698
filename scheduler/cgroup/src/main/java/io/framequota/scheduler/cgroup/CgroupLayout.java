package io.framequota.scheduler.cgroup;

import io.framequota.common.cgroup.CpuQuota;
import io.framequota.common.cgroup.CpuUsage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The differences between versions 1 and 2: where groups are created and which files they have. */
sealed interface CgroupLayout permits CgroupV1, CgroupV2 {
    /** Version and folder, for people. */
    String description();

    /** 1 or 2. */
    int version();

    /** Folders in which the tree's folder is created, one per hierarchy. Limits are set in the first. */
    List<Path> parents();

    /** Groups, one per hierarchy, to which the processes of a removed group are moved. */
    List<Path> refuges();

    /** Enables limits on groups in the tree's folder. Called after the folder was created in every parent. */
    void prepare(KernelFiles files, String owner) throws IOException;

    void quota(KernelFiles files, Path group, CpuQuota quota) throws IOException;

    CpuQuota quota(KernelFiles files, Path group) throws IOException;

    void weight(KernelFiles files, Path group, int millicores) throws IOException;

    long weight(KernelFiles files, Path group) throws IOException;

    /**
     * Reads the counters; {@code groups} is the group's folder in every hierarchy, in the order of {@link #parents}.
     */
    CpuUsage use(KernelFiles files, List<Path> groups) throws IOException;

    /** The kernel's largest {@code cpu.shares}. */
    long MOST_SHARES = 262_144;

    /** {@code cpu.shares} for so many millicores, as the kubelet sets it. */
    static long shares(int millicores) {
        return Math.clamp(millicores * 1024L / 1000, 2, MOST_SHARES);
    }
}
