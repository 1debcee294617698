package io.framequota.scheduler.cgroup;

import io.framequota.common.cgroup.CpuQuota;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The groups of another process's {@link CgroupTree}. This process may limit and read them, but not create or remove
 * them. Safe for use by several threads.
 */
public final class DelegatedCgroups {
    private final KernelFiles files = new OsKernelFiles();
    private final CgroupLayout layout;
    private final List<Path> folders;

    private DelegatedCgroups(CgroupLayout layout, List<Path> folders) {
        this.layout = layout;
        this.folders = folders;
    }

    /**
     * Opens the groups.
     *
     * @param place the value of {@link CgroupTree#place}
     * @throws IllegalArgumentException if it is not such a value
     */
    public static DelegatedCgroups at(String place) {
        String[] parts = place.split(":");
        List<Path> folders = Arrays.stream(parts)
                .skip(1)
                .map(Path::of)
                .filter(Path::isAbsolute)
                .toList();
        if (folders.size() != parts.length - 1 || folders.isEmpty()) {
            throw new IllegalArgumentException("'" + place + "' does not say where control groups are");
        }
        Path first = parent(folders.getFirst());
        return switch (parts[0]) {
            case "1" -> new DelegatedCgroups(new CgroupV1(first, parent(folders.getLast())), folders);
            case "2" -> new DelegatedCgroups(new CgroupV2(first, first), folders);
            default ->
                throw new IllegalArgumentException(
                        "'" + place + "' names no version of control groups; 1 or 2 is allowed");
        };
    }

    private static Path parent(Path folder) {
        Path parent = folder.getParent();
        return parent == null ? folder : parent;
    }

    /** A worker's group, empty if it does not exist. */
    public Optional<Cgroup> find(String worker) {
        List<Path> own = folders.stream().map(f -> f.resolve(worker)).toList();
        return files.isFolder(own.getFirst())
                ? Optional.of(new Cgroup(files, layout, worker, own, () -> {}))
                : Optional.empty();
    }

    /** Limits all groups together. */
    public void limit(CpuQuota quota) {
        new Cgroup(files, layout, "of all workers", folders, () -> {}).quota(quota);
    }
}
