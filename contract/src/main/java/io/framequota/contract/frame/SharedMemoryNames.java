package io.framequota.contract.frame;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Names of the shared memory regions through which workers pass pictures to their inference servers. A name contains the id and
 * the start time of the process that made it, so regions of dead processes can be recognized even when a process id is used
 * again.
 */
public final class SharedMemoryNames {
    /** The folder of the files that {@code shm_open} creates. */
    public static final Path FOLDER = Path.of("/dev/shm");

    /** The beginning of all names; the id of the process and a hyphen follow. */
    public static final String PREFIX = "framequota-";

    /** Starts at a random number, because every class loader of a process has its own counter. */
    private static final AtomicInteger COUNT =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE / 2));

    /** A new name. */
    public static String next() {
        ProcessHandle self = ProcessHandle.current();
        return PREFIX + self.pid() + "-" + startOf(self) + "-" + COUNT.incrementAndGet();
    }

    /** Whether this is such a name and its process is gone. */
    public static boolean stale(String name) {
        String[] parts = name.split("-");
        if (!name.startsWith(PREFIX) || parts.length != 4) {
            return false;
        }
        try {
            Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(parts[1]));
            return process.isEmpty() || startOf(process.get()) != Long.parseLong(parts[2]);
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** Deletes the regions of dead processes from a folder, as far as possible. */
    public static void deleteStale(Path folder) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, PREFIX + "*")) {
            for (Path file : files) {
                if (stale(file.getFileName().toString())) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            System.getLogger(SharedMemoryNames.class.getName())
                    .log(
                            System.Logger.Level.DEBUG,
                            "cannot delete shared memory of dead processes in {0}: {1}",
                            folder,
                            e.getMessage());
        }
    }

    private static long startOf(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    private SharedMemoryNames() {}
}
