package io.framequota.scheduler.cgroup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The kernel's folders and files. A test replaces them to simulate a kernel with other rules. */
interface KernelFiles {
    /** Whether the path is a folder. */
    boolean isFolder(Path path);

    /** Names of the sub-folders. */
    List<String> folders(Path folder) throws IOException;

    /** Creates a folder, if it does not exist. */
    void make(Path folder) throws IOException;

    /** Removes a group's folder. The kernel allows this although the folder contains the kernel's files. */
    void remove(Path folder) throws IOException;

    /** Reads a whole file. */
    String read(Path file) throws IOException;

    /** Writes a value with a single write, as the kernel requires. */
    void write(Path file, String value) throws IOException;
}
