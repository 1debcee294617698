package io.framequota.scheduler.cgroup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The group that this process is in, such as its container's: read, never written. Safe for use by several threads. */
public final class OwnGroup {
    private final KernelFiles files;
    private final CgroupLayout layout;
    private final List<Path> folders;

    private OwnGroup(KernelFiles files, CgroupLayout layout, List<Path> folders) {
        this.files = files;
        this.layout = layout;
        this.folders = folders;
    }

    /** This process's; empty where the kernel shows no counters of CPU time. */
    public static Optional<OwnGroup> find() {
        return find(new OsKernelFiles(), Path.of("/proc"));
    }

    static Optional<OwnGroup> find(KernelFiles files, Path proc) {
        try {
            Path self = proc.resolve("self");
            Mounts mounts = new Mounts(files.read(self.resolve("mountinfo")), files.read(self.resolve("cgroup")));
            Optional<OwnGroup> group = CgroupDetector.firstVersion(files, mounts)
                    .map(first -> new OwnGroup(files, first, first.parents()))
                    .or(() -> mounts.second().stream()
                            .findFirst()
                            .map(own -> new OwnGroup(files, new CgroupV2(own, own), List.of(own))));
            group.ifPresent(OwnGroup::use);
            return group;
        } catch (IOException | EnforcementException e) {
            return Optional.empty();
        }
    }

    /**
     * What was counted for all processes in it since it was made.
     *
     * @throws EnforcementException when the kernel does not say it any more
     */
    public CpuUse use() {
        try {
            return layout.use(files, folders);
        } catch (IOException e) {
            throw new EnforcementException("cannot read the counters of our own group: " + CgroupDetector.words(e), e);
        }
    }

    /** The limit in force, as the kernel states it; empty where it does not, as for the group of a whole machine. */
    public Optional<Quota> quota() {
        try {
            return Optional.of(layout.quota(files, folders.getFirst()));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
