package io.framequota.scheduler.cgroup;

import io.framequota.common.cgroup.CgroupVersion;
import io.framequota.common.cgroup.CpuQuota;
import io.framequota.common.cgroup.CpuUsage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Version 2: {@code cpu.max}, {@code cpu.weight} and {@code cpu.stat} below a group that delegates the cpu controller.
 *
 * @param parent the folder in which the tree's folder is created
 * @param own this process's own group, to which processes are moved, because a delegating group cannot contain any
 */
record CgroupV2(Path parent, Path own) implements CgroupLayout {
    private static final double DEFAULT_WEIGHT = 100;
    private static final long MOST_WEIGHT = 10_000;

    @Override
    public String description() {
        return "cgroup v2 at " + parent;
    }

    @Override
    public int version() {
        return 2;
    }

    @Override
    public List<Path> parents() {
        return List.of(parent);
    }

    @Override
    public List<Path> refuges() {
        return List.of(own);
    }

    @Override
    public void prepare(KernelFiles files, String owner) throws IOException {
        delegate(files, parent.resolve(owner));
    }

    /** Whether the groups in a folder have the cpu controller; enables it if possible. */
    static boolean canDelegate(KernelFiles files, Path folder) {
        try {
            if (!words(files, folder.resolve("cgroup.controllers")).contains("cpu")) {
                return false;
            }
            delegate(files, folder);
            return true;
        } catch (IOException e) {
            // The kernel refuses this for a group with processes, and without permission.
            return false;
        }
    }

    private static void delegate(KernelFiles files, Path folder) throws IOException {
        Path control = folder.resolve("cgroup.subtree_control");
        if (!words(files, control).contains("cpu")) {
            files.write(control, "+cpu");
        }
    }

    @Override
    public void quota(KernelFiles files, Path group, CpuQuota quota) throws IOException {
        String limit = quota.limited() ? Long.toString(quota.quotaUs()) : "max";
        files.write(group.resolve("cpu.max"), limit + " " + quota.periodUs());
    }

    @Override
    public CpuQuota quota(KernelFiles files, Path group) throws IOException {
        return CgroupVersion.V2.quota(files::read, group);
    }

    @Override
    public void weight(KernelFiles files, Path group, int millicores) throws IOException {
        // A core gets the default weight of a group, as in version 1. Older OCI runtimes convert a core to 39, and
        // shares of 10, 20 and 30 millicores to 1, 1 and 2.
        long weight = Math.round(millicores * DEFAULT_WEIGHT / 1000.0);
        files.write(group.resolve("cpu.weight"), Long.toString(Math.clamp(weight, 1, MOST_WEIGHT)));
    }

    @Override
    public long weight(KernelFiles files, Path group) throws IOException {
        return Long.parseLong(files.read(group.resolve("cpu.weight")).strip());
    }

    @Override
    public CpuUsage use(KernelFiles files, List<Path> groups) throws IOException {
        return CgroupVersion.V2.usage(files::read, groups);
    }

    private static List<String> words(KernelFiles files, Path file) throws IOException {
        return Arrays.asList(files.read(file).strip().split("\\s+"));
    }
}
