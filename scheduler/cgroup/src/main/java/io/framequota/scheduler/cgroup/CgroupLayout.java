package io.framequota.scheduler.cgroup;

import io.framequota.common.cgroup.CpuQuota;
import io.framequota.common.cgroup.CpuUsage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Where groups are made and how their files are called: what versions 1 and 2 do differently. */
sealed interface CgroupLayout permits CgroupV1, CgroupV2 {
    /** Version and place, for people. */
    String description();

    /** 1 or 2. */
    int version();

    /** Folders that our group's folder is made in, one per hierarchy; limits are in the first. */
    List<Path> parents();

    /** Groups, one per hierarchy, that take the processes of a group that is removed. */
    List<Path> refuges();

    /** Called after our folder was made in every parent: lets groups below it be limited. */
    void prepare(KernelFiles files, String owner) throws IOException;

    void quota(KernelFiles files, Path group, CpuQuota quota) throws IOException;

    CpuQuota quota(KernelFiles files, Path group) throws IOException;

    void weight(KernelFiles files, Path group, int millicores) throws IOException;

    long weight(KernelFiles files, Path group) throws IOException;

    /** Reads the counters; {@code groups} is the group's folder in every hierarchy, in the order of {@link #parents}. */
    CpuUsage use(KernelFiles files, List<Path> groups) throws IOException;

    /** The kernel's largest {@code cpu.shares}. */
    long MOST_SHARES = 262_144;

    /** {@code cpu.shares} for so many millicores, as the kubelet sets it. */
    static long shares(int millicores) {
        return Math.clamp(millicores * 1024L / 1000, 2, MOST_SHARES);
    }
}
