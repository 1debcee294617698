package io.framequota.scheduler.cgroup;

import io.framequota.common.cgroup.CpuQuota;
import io.framequota.common.cgroup.CpuUsage;
import io.framequota.common.failure.Failure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The control group of one worker's processes, in every hierarchy of its layout. Every method that reads or writes
 * throws {@link EnforcementException} if the kernel refuses or the group is gone. Safe for use by several threads.
 */
public final class Cgroup implements AutoCloseable {
    private final KernelFiles files;
    private final CgroupLayout layout;
    private final String name;
    private final List<Path> folders;
    private final Runnable onClose;

    Cgroup(KernelFiles files, CgroupLayout layout, String name, List<Path> folders, Runnable onClose) {
        this.files = files;
        this.layout = layout;
        this.name = name;
        this.folders = folders;
        this.onClose = onClose;
    }

    /** An operation that the kernel may refuse. */
    private interface Operation<T> {
        T run() throws IOException;
    }

    /** The worker's name. */
    public String name() {
        return name;
    }

    /** Moves a process with all its threads into the group. Processes that it starts later are in the group, too. */
    public void add(long pid) {
        run("move process " + pid + " into", () -> {
            for (Path folder : folders) {
                // cgroup.procs moves the whole process; tasks would move one thread.
                files.write(folder.resolve("cgroup.procs"), Long.toString(pid));
            }
            return name;
        });
    }

    /** The processes that are in the group now. */
    public List<Long> pids() {
        return run(
                "read the processes of",
                () -> files.read(folders.getFirst().resolve("cgroup.procs"))
                        .lines()
                        .map(Long::valueOf)
                        .toList());
    }

    /**
     * Limits the group. The kernel refills the quota on every write, so a caller writes at most once per period
     * ({@link io.framequota.scheduler.quota.QuotaPlanner}).
     */
    public void quota(CpuQuota quota) {
        run("set the quota of", () -> {
            layout.quota(files, folders.getFirst(), quota);
            return name;
        });
    }

    /** The quota in force, as the kernel states it. */
    public CpuQuota quota() {
        return run("read the quota of", () -> layout.quota(files, folders.getFirst()));
    }

    /**
     * Sets the share of CPU time that the group gets beside other busy groups. 1000 millicores are the default weight
     * of a group, in both versions.
     *
     * @param millicores at least 1
     */
    public void weight(int millicores) {
        run("set the weight of", () -> {
            layout.weight(files, folders.getFirst(), millicores);
            return name;
        });
    }

    /**
     * The weight in force in the kernel's own unit: {@code cpu.shares} in version 1, {@code cpu.weight} in version 2.
     */
    public long weight() {
        return run("read the weight of", () -> layout.weight(files, folders.getFirst()));
    }

    /** The CPU time used since the group was created. */
    public CpuUsage use() {
        return run("read the counters of", () -> layout.use(files, folders));
    }

    /** Moves the processes out and removes the group. Idempotent. */
    @Override
    public void close() {
        CgroupRemover remover = new CgroupRemover(files);
        for (int i = 0; i < folders.size(); i++) {
            Path refuge = layout.refuges().get(i);
            Path folder = folders.get(i);
            run("remove", () -> {
                remover.remove(folder, refuge);
                return name;
            });
        }
        onClose.run();
    }

    private <T> T run(String what, Operation<T> operation) {
        try {
            return operation.run();
        } catch (IOException e) {
            throw new EnforcementException("cannot " + what + " the group " + name + ": " + Failure.words(e), e);
        }
    }
}
