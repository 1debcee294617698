package io.framequota.scheduler.cgroup;

import io.framequota.common.cgroup.CpuQuota;
import io.framequota.common.cgroup.CpuUsage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** One worker's group, in every hierarchy of its layout. */
final class KernelCgroup implements CpuGroup {
    private final KernelFiles files;
    private final CgroupLayout layout;
    private final String name;
    private final List<Path> folders;
    private final Runnable closed;

    KernelCgroup(KernelFiles files, CgroupLayout layout, String name, List<Path> folders, Runnable closed) {
        this.files = files;
        this.layout = layout;
        this.name = name;
        this.folders = folders;
        this.closed = closed;
    }

    /** Something that the kernel may refuse. */
    private interface Step<T> {
        T take() throws IOException;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void add(long pid) {
        take("move process " + pid + " into", () -> {
            for (Path folder : folders) {
                // cgroup.procs moves the whole process; tasks would move one thread.
                files.write(folder.resolve("cgroup.procs"), Long.toString(pid));
            }
            return name;
        });
    }

    @Override
    public void quota(CpuQuota quota) {
        take("set the quota of", () -> {
            layout.quota(files, folders.getFirst(), quota);
            return name;
        });
    }

    @Override
    public CpuQuota quota() {
        return take("read the quota of", () -> layout.quota(files, folders.getFirst()));
    }

    @Override
    public void weight(int millicores) {
        take("set the weight of", () -> {
            layout.weight(files, folders.getFirst(), millicores);
            return name;
        });
    }

    @Override
    public long weight() {
        return take("read the weight of", () -> layout.weight(files, folders.getFirst()));
    }

    @Override
    public CpuUsage use() {
        return take("read the counters of", () -> layout.use(files, folders));
    }

    @Override
    public void close() {
        CgroupRemover removal = new CgroupRemover(files);
        for (int i = 0; i < folders.size(); i++) {
            Path refuge = layout.refuges().get(i);
            Path folder = folders.get(i);
            take("remove", () -> {
                removal.remove(folder, refuge);
                return name;
            });
        }
        closed.run();
    }

    private <T> T take(String what, Step<T> step) {
        try {
            return step.take();
        } catch (IOException e) {
            throw new EnforcementException("cannot " + what + " the group " + name + ": " + CgroupDetector.words(e), e);
        }
    }
}
