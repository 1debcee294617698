package io.framequota.scheduler.cgroup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Empties and removes groups. */
final class CgroupRemover {
    /** A process that has just ended still counts for a moment: 100 tries of 5 ms. */
    private static final int TRIES = 100;

    private final KernelFiles files;

    CgroupRemover(KernelFiles files) {
        this.files = files;
    }

    /**
     * Moves the processes of a group out and removes it with the groups in it.
     *
     * @param refuge where the processes go
     * @throws IOException when the kernel still refuses after half a second, or a process in it cannot be seen from here
     */
    void remove(Path group, Path refuge) throws IOException {
        // A command that was interrupted puts things in order like any other.
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
                // It has ended meanwhile, or it may not be moved: then the removal fails and says so.
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
