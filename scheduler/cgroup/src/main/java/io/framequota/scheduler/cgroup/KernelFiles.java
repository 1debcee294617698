package io.framequota.scheduler.cgroup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The kernel's folders and files, so that a test can stand in for a kernel with rules that this machine does not have. */
interface KernelFiles {
    /** Whether there is such a folder. */
    boolean isFolder(Path path);

    /** Names of the folders in a folder. */
    List<String> folders(Path folder) throws IOException;

    /** Makes a folder; one that is there already is fine. */
    void make(Path folder) throws IOException;

    /** Removes a group's folder, which the kernel allows while its own files are in it. */
    void remove(Path folder) throws IOException;

    /** A whole file. */
    String read(Path file) throws IOException;

    /** Writes one value with one write, as the kernel wants it. */
    void write(Path file, String value) throws IOException;
}
