package io.framequota.lab.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the memory use of processes. */
final class ProcessMemory {
    private static final double KIB_PER_MIB = 1024;

    /** MiB of a process, with shared pages divided among their users (proc(5), smaps_rollup); 0 if unknown. */
    static double proportionalMib(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(pid), "smaps_rollup")).stream()
                    .filter(l -> l.startsWith("Pss:"))
                    .mapToDouble(l -> Double.parseDouble(l.replaceAll("[^0-9]", "")) / KIB_PER_MIB)
                    .sum();
        } catch (IOException | RuntimeException e) {
            return 0;
        }
    }

    private ProcessMemory() {}
}
