package io.framequota.scheduler.cgroup;

import io.framequota.common.cgroup.CgroupMounts;
import io.framequota.common.failure.Failure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Finds the control groups of this machine and checks whether this process may use them. */
public final class CgroupDetector {
    private final KernelFiles files;
    private final Path proc;

    /** @param proc the mount point of procfs */
    CgroupDetector(KernelFiles files, Path proc) {
        this.files = files;
        this.proc = proc;
    }

    /**
     * Removes groups of dead owners and creates a tree for this process. If both versions are mounted, uses the one
     * with the cpu controller.
     */
    public static CgroupSupport open() {
        return new CgroupDetector(new OsKernelFiles(), Path.of("/proc")).find();
    }

    CgroupSupport find() {
        CgroupLayout layout;
        try {
            Optional<CgroupLayout> found = layout();
            if (found.isEmpty()) {
                return new CgroupSupport.Unavailable(
                        "no control group with the cpu controller can be used by this user");
            }
            layout = found.get();
        } catch (IOException e) {
            return new CgroupSupport.Unavailable(
                    "the kernel does not say where its control groups are: " + Failure.words(e));
        }
        try {
            CgroupOwner owner = CgroupOwner.self(files, proc);
            removeLeftovers(layout);
            return new CgroupSupport.Available(CgroupTree.make(files, layout, owner));
        } catch (IOException e) {
            return new CgroupSupport.Unavailable(
                    layout.description() + " cannot be used by this user: " + Failure.words(e));
        }
    }

    private Optional<CgroupLayout> layout() throws IOException {
        CgroupMounts mounts = CgroupMounts.read(files::read, proc);
        List<Path> v1 = mounts.ownV1Folders(files::isFolder);
        if (!v1.isEmpty()) {
            return Optional.of(new CgroupV1(v1.getFirst(), v1.getLast()));
        }
        List<Path> upwards = mounts.ownV2Folders();
        return upwards.stream()
                .filter(p -> files.isFolder(p) && CgroupV2.canDelegate(files, p))
                .findFirst()
                .map(p -> new CgroupV2(p, upwards.getFirst()));
    }

    /**
     * Removes groups whose owner was killed. A group that cannot be removed is harmless and is tried again at the next
     * start.
     */
    private void removeLeftovers(CgroupLayout layout) throws IOException {
        CgroupRemover removal = new CgroupRemover(files);
        for (int i = 0; i < layout.parents().size(); i++) {
            Path parent = layout.parents().get(i);
            Path refuge = layout.refuges().get(i);
            List<String> dead = files.folders(parent).stream()
                    .filter(name -> CgroupOwner.of(name)
                            .filter(o -> !o.alive(files, proc))
                            .isPresent())
                    .toList();
            for (String name : dead) {
                try {
                    removal.remove(parent.resolve(name), refuge);
                } catch (IOException e) {
                    System.getLogger(CgroupDetector.class.getName())
                            .log(
                                    System.Logger.Level.WARNING,
                                    "control group {0} of a dead process could not be removed: {1}",
                                    name,
                                    Failure.words(e));
                }
            }
        }
    }
}
