package io.framequota.scheduler.cgroup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Empties and removes control groups. */
final class CgroupRemover {
    /** A process that has just ended still counts for a moment: 100 attempts, 5 ms apart. */
    private static final int TRIES = 100;

    private final KernelFiles files;

    CgroupRemover(KernelFiles files) {
        this.files = files;
    }

    /**
     * Moves the processes of a group out and removes it with the groups in it.
     *
     * @param refuge the group to which the processes are moved
     * @throws IOException if the kernel still refuses after half a second, or the group holds a process of another
     *     container
     */
    void remove(Path group, Path refuge) throws IOException {
        // An interrupted command must clean up, too.
        boolean interrupted = Thread.interrupted();
        try {
            removeAll(group, refuge);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void removeAll(Path group, Path refuge) throws IOException {
        if (!files.isFolder(group)) {
            return;
        }
        for (String child : files.folders(group)) {
            removeAll(group.resolve(child), refuge);
        }
        for (int tries = 1; ; tries++) {
            moveOut(group, refuge);
            try {
                files.remove(group);
                return;
            } catch (IOException e) {
                if (tries == TRIES) {
                    throw e;
                }
                pause();
            }
        }
    }

    private void moveOut(Path group, Path refuge) throws IOException {
        List<String> pids = files.read(group.resolve("cgroup.procs")).lines().toList();
        for (String pid : pids) {
            if (pid.equals("0")) {
                throw new IOException(group + " holds a process of another container");
            }
            try {
                files.write(refuge.resolve("cgroup.procs"), pid);
            } catch (IOException e) {
                // The process has ended, or it cannot be moved. In the second case the removal fails.
            }
        }
    }

    private static void pause() throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(5);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
