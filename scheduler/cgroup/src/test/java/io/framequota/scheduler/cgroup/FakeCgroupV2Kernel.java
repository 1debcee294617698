package io.framequota.scheduler.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder tree that behaves like a version 2 hierarchy: files appear and disappear with their folder, a process is in
 * one group, a group with processes cannot delegate controllers and a delegating group takes no processes, and a group
 * that is not empty cannot be removed.
 */
final class FakeCgroupV2Kernel implements KernelFiles {
    private final OsKernelFiles os = new OsKernelFiles();
    private final Path mount;

    /** Creates an empty hierarchy. Its root is exempt from the rule about processes. */
    FakeCgroupV2Kernel(Path mount) throws IOException {
        this.mount = mount;
        make(mount);
        Files.writeString(mount.resolve("cgroup.controllers"), "cpu memory\n");
    }

    @Override
    public boolean isFolder(Path path) {
        return os.isFolder(path);
    }

    @Override
    public List<String> folders(Path folder) throws IOException {
        return os.folders(folder);
    }

    @Override
    public void make(Path folder) throws IOException {
        Files.createDirectories(folder);
        boolean controlled = folder.startsWith(mount) && !folder.equals(mount) && handsDown(folder.getParent());
        Files.writeString(folder.resolve("cgroup.controllers"), controlled ? "cpu\n" : "\n");
        Files.writeString(folder.resolve("cgroup.subtree_control"), "\n");
        Files.writeString(folder.resolve("cgroup.procs"), "");
        if (controlled) {
            Files.writeString(folder.resolve("cpu.max"), "max 100000\n");
            Files.writeString(folder.resolve("cpu.weight"), "100\n");
            Files.writeString(
                    folder.resolve("cpu.stat"),
                    "usage_usec 2500000\nnr_periods 40\nnr_throttled 30\nthrottled_usec 1500000\n");
        }
    }

    @Override
    public void remove(Path folder) throws IOException {
        if (!procs(folder).isEmpty() || !os.folders(folder).isEmpty()) {
            throw new IOException("Device or resource busy");
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    @Override
    public String read(Path file) throws IOException {
        return os.read(file);
    }

    @Override
    public void write(Path file, String value) throws IOException {
        Path group = file.getParent();
        switch (file.getFileName().toString()) {
            case "cgroup.subtree_control" -> {
                if (!group.equals(mount) && !procs(group).isEmpty()) {
                    throw new IOException("Device or resource busy");
                }
                Files.writeString(file, value.replace("+", "") + "\n");
            }
            case "cgroup.procs" -> {
                if (!group.equals(mount) && handsDown(group)) {
                    throw new IOException("Device or resource busy");
                }
                move(value, group);
            }
            case "cpu.max" -> Files.writeString(file, value + "\n");
            default -> {
                if (!Files.exists(file)) {
                    throw new IOException("no such file " + file);
                }
                Files.writeString(file, value + "\n");
            }
        }
    }

    /** The processes in a group. */
    List<String> procs(Path group) throws IOException {
        return os.read(group.resolve("cgroup.procs")).lines().toList();
    }

    private void move(String pid, Path to) throws IOException {
        try (Stream<Path> tree = Files.walk(mount)) {
            for (Path group : tree.filter(Files::isDirectory).toList()) {
                List<String> pids = new ArrayList<>(procs(group));
                if (pids.remove(pid)) {
                    Files.write(group.resolve("cgroup.procs"), pids);
                }
            }
        }
        List<String> pids = new ArrayList<>(procs(to));
        pids.add(pid);
        Files.write(to.resolve("cgroup.procs"), pids);
    }

    private boolean handsDown(Path group) throws IOException {
        return os.read(group.resolve("cgroup.subtree_control")).contains("cpu");
    }
}
