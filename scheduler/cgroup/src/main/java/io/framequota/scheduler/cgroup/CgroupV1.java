package io.framequota.scheduler.cgroup;

import io.framequota.common.cgroup.CgroupVersion;
import io.framequota.common.cgroup.CpuQuota;
import io.framequota.common.cgroup.CpuUsage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Version 1: {@code cpu.cfs_quota_us}, {@code cpu.cfs_period_us}, {@code cpu.shares} and {@code cpu.stat} of the cpu
 * controller, {@code cpuacct.usage} of cpuacct, which may be a hierarchy of its own.
 */
record CgroupV1(Path cpu, Path accounting) implements CgroupLayout {
    @Override
    public String description() {
        return "cgroup v1 at " + cpu;
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public List<Path> parents() {
        return cpu.equals(accounting) ? List.of(cpu) : List.of(cpu, accounting);
    }

    @Override
    public List<Path> refuges() {
        return parents();
    }

    @Override
    public void prepare(KernelFiles files, String owner) {
        // In version 1 every group has the controller's files.
    }

    @Override
    public void quota(KernelFiles files, Path group, CpuQuota quota) throws IOException {
        // A write refills the quota, so the period is only written if it changes.
        if (quota.periodUs() != period(files, group)) {
            files.write(group.resolve("cpu.cfs_period_us"), Long.toString(quota.periodUs()));
        }
        files.write(group.resolve("cpu.cfs_quota_us"), Long.toString(quota.quotaUs()));
    }

    @Override
    public CpuQuota quota(KernelFiles files, Path group) throws IOException {
        return CgroupVersion.V1.quota(files::read, group);
    }

    @Override
    public void weight(KernelFiles files, Path group, int millicores) throws IOException {
        files.write(group.resolve("cpu.shares"), Long.toString(CgroupLayout.shares(millicores)));
    }

    @Override
    public long weight(KernelFiles files, Path group) throws IOException {
        return number(files, group.resolve("cpu.shares"));
    }

    @Override
    public CpuUsage use(KernelFiles files, List<Path> groups) throws IOException {
        return CgroupVersion.V1.usage(files::read, groups);
    }

    private static long period(KernelFiles files, Path group) throws IOException {
        return number(files, group.resolve("cpu.cfs_period_us"));
    }

    private static long number(KernelFiles files, Path file) throws IOException {
        return Long.parseLong(files.read(file).strip());
    }
}
