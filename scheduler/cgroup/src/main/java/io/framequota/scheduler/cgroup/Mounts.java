package io.framequota.scheduler.cgroup;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The mounted hierarchies and where in them this process is: {@code /proc/self/mountinfo} and {@code /proc/self/cgroup}
 * (proc(5), cgroups(7)).
 */
final class Mounts {
    /** One mounted hierarchy. {@code root} is the group that the mount shows at {@code point}. */
    private record Mount(boolean second, List<String> controllers, String root, Path point) {}

    private final List<Mount> mounts;
    private final List<String> own;

    Mounts(String mountInfo, String selfCgroup) {
        this.mounts =
                mountInfo.lines().map(Mounts::mount).flatMap(Optional::stream).toList();
        this.own = selfCgroup.lines().toList();
    }

    /** This process's own folder in the version 1 hierarchy of a controller. */
    Optional<Path> first(String controller) {
        return mounts.stream()
                .filter(m -> !m.second && m.controllers.contains(controller))
                .findFirst()
                .map(m -> place(m, ownPath(controller)));
    }

    /** This process's own folder in the version 2 hierarchy and the folders above it up to the mount, nearest first. */
    List<Path> second() {
        Optional<Mount> mount = mounts.stream().filter(Mount::second).findFirst();
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
        // In a container the mount may show only a part of the tree, and the own path may start above it.
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
        boolean second = right[0].equals("cgroup2");
        if (!second && !right[0].equals("cgroup")) {
            return Optional.empty();
        }
        List<String> options = right.length > 2 ? Arrays.asList(right[2].split(",")) : List.of();
        return Optional.of(new Mount(second, options, left[3], Path.of(left[4].replace("\\040", " "))));
    }
}
