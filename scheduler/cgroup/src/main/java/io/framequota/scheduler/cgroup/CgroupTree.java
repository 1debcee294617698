package io.framequota.scheduler.cgroup;

import io.framequota.common.cgroup.CpuQuota;
import io.framequota.common.cgroup.CpuUsage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Our folder in every hierarchy, named after this process, with a group per worker in it. */
final class CgroupTree implements CpuGroups {
    private final KernelFiles files;
    private final CgroupLayout layout;
    private final String owner;
    private final Map<String, KernelCgroup> open = new ConcurrentHashMap<>();

    private CgroupTree(KernelFiles files, CgroupLayout layout, String owner) {
        this.files = files;
        this.layout = layout;
        this.owner = owner;
    }

    /** Makes the folder; what was made so far is removed when the kernel refuses a part of it. */
    static CgroupTree make(KernelFiles files, CgroupLayout layout, CgroupOwner owner) throws IOException {
        CgroupTree folder = new CgroupTree(files, layout, owner.folder());
        try {
            for (Path parent : layout.parents()) {
                files.make(parent.resolve(folder.owner));
            }
            layout.prepare(files, folder.owner);
            // The right to make a group is not yet the right to limit it and to move processes into it.
            try (CpuGroup trial = folder.create("trial")) {
                trial.quota(trial.quota());
            }
            return folder;
        } catch (EnforcementException e) {
            folder.close();
            throw new IOException(e.getMessage(), e);
        } catch (IOException e) {
            folder.close();
            throw e;
        }
    }

    @Override
    public String description() {
        return layout.description();
    }

    @Override
    public String place() {
        StringBuilder place = new StringBuilder().append(layout.version());
        layout.parents().forEach(p -> place.append(':').append(p.resolve(owner)));
        return place.toString();
    }

    @Override
    public CpuGroup create(String worker) {
        if (!worker.matches("[A-Za-z0-9][A-Za-z0-9.-]*")) {
            throw new IllegalArgumentException("not a worker's name: " + worker);
        }
        List<Path> folders = layout.parents().stream()
                .map(p -> p.resolve(owner).resolve(worker))
                .toList();
        KernelCgroup group = new KernelCgroup(files, layout, worker, folders, () -> open.remove(worker));
        if (open.putIfAbsent(worker, group) != null) {
            throw new IllegalArgumentException("there is a group " + worker + " already");
        }
        try {
            for (Path folder : folders) {
                files.make(folder);
            }
            return group;
        } catch (IOException e) {
            group.close();
            throw new EnforcementException("cannot make the group " + worker + ": " + CgroupDetector.words(e), e);
        }
    }

    @Override
    public void limit(CpuQuota quota) {
        whole().quota(quota);
    }

    @Override
    public void weight(int millicores) {
        whole().weight(millicores);
    }

    @Override
    public CpuUsage use() {
        return whole().use();
    }

    /** Our folder is a group like those in it. */
    private KernelCgroup whole() {
        List<Path> folders =
                layout.parents().stream().map(p -> p.resolve(owner)).toList();
        return new KernelCgroup(files, layout, owner, folders, () -> {});
    }

    @Override
    public void close() {
        List.copyOf(open.values()).forEach(KernelCgroup::close);
        CgroupRemover removal = new CgroupRemover(files);
        for (int i = 0; i < layout.parents().size(); i++) {
            try {
                removal.remove(
                        layout.parents().get(i).resolve(owner), layout.refuges().get(i));
            } catch (IOException e) {
                // The next start of anyone who may removes it: by then its owner is dead.
                System.getLogger(CgroupTree.class.getName())
                        .log(System.Logger.Level.WARNING, "{0} stays: {1}", owner, CgroupDetector.words(e));
            }
        }
    }
}
