package io.framequota.common.cgroup;

import io.framequota.common.cgroup.CgroupVersion.FileReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The mounted control group hierarchies and this process's place in them, from {@code /proc/self/mountinfo} and
 * {@code /proc/self/cgroup} (proc(5), cgroups(7)).
 */
public final class CgroupMounts {
    /** One mounted hierarchy; {@code point} shows the group {@code root}. */
    private record Mount(boolean v2, List<String> controllers, String root, Path point) {}

    private final List<Mount> mounts;
    private final List<String> own;

    CgroupMounts(String mountInfo, String selfCgroup) {
        this.mounts = mountInfo
                .lines()
                .map(CgroupMounts::mount)
                .flatMap(Optional::stream)
                .toList();
        this.own = selfCgroup.lines().toList();
    }

    /** Reads both files below {@code proc}, {@code /proc} except in tests. */
    public static CgroupMounts read(FileReader files, Path proc) throws IOException {
        Path self = proc.resolve("self");
        return new CgroupMounts(files.read(self.resolve("mountinfo")), files.read(self.resolve("cgroup")));
    }

    /** This process's own version 1 folders of the controllers cpu and cpuacct, in this order; empty unless both exist. */
    public List<Path> ownV1Folders(Predicate<Path> isFolder) {
        Optional<Path> cpu = ownV1Folder("cpu").filter(isFolder);
        Optional<Path> accounting = ownV1Folder("cpuacct").filter(isFolder);
        return cpu.isPresent() && accounting.isPresent() ? List.of(cpu.get(), accounting.get()) : List.of();
    }

    Optional<Path> ownV1Folder(String controller) {
        return mounts.stream()
                .filter(m -> !m.v2 && m.controllers.contains(controller))
                .findFirst()
                .map(m -> place(m, ownPath(controller)));
    }

    /** This process's own folder in the version 2 hierarchy and the folders above it up to the mount, nearest first. */
    public List<Path> ownV2Folders() {
        Optional<Mount> mount = mounts.stream().filter(Mount::v2).findFirst();
        if (mount.isEmpty()) {
            return List.of();
        }
        List<Path> upwards = new ArrayList<>();
        for (Path p = place(mount.get(), ownPath(""));
                p != null && p.startsWith(mount.get().point);
                p = p.getParent()) {
            upwards.add(p);
        }
        return upwards;
    }

    private String ownPath(String controller) {
        return own.stream()
                .map(line -> line.split(":", 3))
                .filter(f -> f.length == 3 && Arrays.asList(f[1].split(",")).contains(controller))
                .map(f -> f[2])
                .findFirst()
                .orElse("/");
    }

    private static Path place(Mount mount, String own) {
        // In a container the mount may show a part of the tree only, and the process's path may start above that part.
        String below = own.startsWith(mount.root) ? own.substring(mount.root.length()) : "";
        return mount.point.resolve(below.replaceFirst("^/+", "")).normalize();
    }

    private static Optional<Mount> mount(String line) {
        String[] sides = line.split(" - ", 2);
        String[] left = sides[0].split(" ");
        if (sides.length < 2 || left.length < 5) {
            return Optional.empty();
        }
        String[] right = sides[1].split(" ");
        boolean v2 = right[0].equals("cgroup2");
        if (!v2 && !right[0].equals("cgroup")) {
            return Optional.empty();
        }
        List<String> options = right.length > 2 ? Arrays.asList(right[2].split(",")) : List.of();
        return Optional.of(new Mount(v2, options, left[3], Path.of(left[4].replace("\\040", " "))));
    }
}
