package io.framequota.common.cgroup;

import io.framequota.common.cgroup.CgroupVersion.FileReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The control group that this process is in, such as its container's. Safe for use by several threads. */
public final class OwnCgroup {
    private final FileReader files;
    private final CgroupVersion version;
    private final List<Path> folders;

    private OwnCgroup(FileReader files, CgroupVersion version, List<Path> folders) {
        this.files = files;
        this.version = version;
        this.folders = folders;
    }

    /** This process's group; empty where the kernel shows no CPU counters. */
    public static Optional<OwnCgroup> find() {
        return find(Files::readString, Path.of("/proc"));
    }

    static Optional<OwnCgroup> find(FileReader files, Path proc) {
        try {
            CgroupMounts mounts = CgroupMounts.read(files, proc);
            List<Path> v1 = mounts.ownV1Folders(Files::isDirectory);
            Optional<OwnCgroup> group = v1.isEmpty()
                    ? mounts.ownV2Folders().stream()
                            .findFirst()
                            .map(own -> new OwnCgroup(files, CgroupVersion.V2, List.of(own)))
                    : Optional.of(new OwnCgroup(files, CgroupVersion.V1, v1));
            group.ifPresent(OwnCgroup::usage);
            return group;
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    /**
     * The counters of all processes in the group since it was made.
     *
     * @throws UncheckedIOException when the kernel no longer shows them
     */
    public CpuUsage usage() {
        try {
            return version.usage(files, folders);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the CPU counters of this process's control group: " + e, e);
        }
    }

    /** The limit in force; empty where the kernel shows none, as for the root group of a machine. */
    public Optional<CpuQuota> quota() {
        try {
            return Optional.of(version.quota(files, folders.getFirst()));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * The limit in force in microseconds per period, -1 for no limit. Cheaper than {@link #quota()}, for callers that poll it.
     *
     * @throws IOException where the kernel shows none
     */
    public long quotaUs() throws IOException {
        return version.quotaUs(files, folders.getFirst());
    }
}
