package io.framequota.scheduler.cgroup;

import io.framequota.common.cgroup.CpuQuota;
import io.framequota.common.cgroup.CpuUsage;
import io.framequota.common.failure.Failure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The control groups that this process owns: one folder in every hierarchy, named after the process, with a group per
 * worker in it. Safe for use by several threads.
 */
public final class CgroupTree implements AutoCloseable {
    private static final int CLAIM_MILLI = 256_000;

    private final KernelFiles files;
    private final CgroupLayout layout;
    private final String owner;
    private final Map<String, Cgroup> open = new ConcurrentHashMap<>();

    private CgroupTree(KernelFiles files, CgroupLayout layout, String owner) {
        this.files = files;
        this.layout = layout;
        this.owner = owner;
    }

    /** Creates the folders. If the kernel refuses any step, removes what was created. */
    static CgroupTree make(KernelFiles files, CgroupLayout layout, CgroupOwner owner) throws IOException {
        CgroupTree tree = new CgroupTree(files, layout, owner.folder());
        try {
            for (Path parent : layout.parents()) {
                files.make(parent.resolve(tree.owner));
            }
            layout.prepare(files, tree.owner);
            // Permission to create a group does not imply permission to limit it and to move processes into it.
            try (Cgroup trial = tree.create("trial")) {
                trial.quota(trial.quota());
            }
            return tree;
        } catch (EnforcementException e) {
            tree.close();
            throw new IOException(e.getMessage(), e);
        } catch (IOException e) {
            tree.close();
            throw e;
        }
    }

    /** The version and the folder, for people. */
    public String description() {
        return layout.description();
    }

    /** The same for another process ({@link DelegatedCgroups#at}): the version, then the folder in each hierarchy. */
    public String place() {
        StringBuilder place = new StringBuilder().append(layout.version());
        folders().forEach(folder -> place.append(':').append(folder));
        return place.toString();
    }

    /**
     * Creates a group without processes and without a limit.
     *
     * @param worker name, unique among the open groups of this tree: letters, digits, dots and hyphens
     * @throws EnforcementException if the kernel refuses
     */
    public Cgroup create(String worker) {
        if (!worker.matches("[A-Za-z0-9][A-Za-z0-9.-]*")) {
            throw new IllegalArgumentException("not a worker's name: " + worker);
        }
        List<Path> folders = folders().stream().map(f -> f.resolve(worker)).toList();
        Cgroup group = new Cgroup(files, layout, worker, folders, () -> open.remove(worker));
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
            throw new EnforcementException("cannot make the group " + worker + ": " + Failure.words(e), e);
        }
    }

    /** Limits all groups together, so that weights divide this limit. */
    public void limit(CpuQuota quota) {
        whole().quota(quota);
    }

    /**
     * Sets the weight of all groups together beside everything else on the machine, as a cluster would for so many
     * millicores. A quota is only an upper limit; a weight far above its neighbours' ensures that the CPU time is
     * available.
     */
    public void weight(int millicores) {
        whole().weight(millicores);
    }

    /** Gives all groups together a weight above every other one on the machine, so that other work hardly slows them. */
    public void claimMachine() {
        weight(CLAIM_MILLI);
    }

    /** The CPU time used by all groups together since this tree was created. */
    public CpuUsage use() {
        return whole().use();
    }

    /** The tree's folder is a group like those in it. */
    private Cgroup whole() {
        return new Cgroup(files, layout, owner, folders(), () -> {});
    }

    private List<Path> folders() {
        return layout.parents().stream().map(p -> p.resolve(owner)).toList();
    }

    /** Removes every group that is still open. Their processes continue without a limit. Idempotent. */
    @Override
    public void close() {
        List.copyOf(open.values()).forEach(Cgroup::close);
        CgroupRemover remover = new CgroupRemover(files);
        for (int i = 0; i < folders().size(); i++) {
            try {
                remover.remove(folders().get(i), layout.refuges().get(i));
            } catch (IOException e) {
                // The next process that starts with the permission removes it, because its owner is dead by then.
                System.getLogger(CgroupTree.class.getName())
                        .log(
                                System.Logger.Level.WARNING,
                                "control group {0} could not be removed: {1}",
                                owner,
                                Failure.words(e));
            }
        }
    }
}
