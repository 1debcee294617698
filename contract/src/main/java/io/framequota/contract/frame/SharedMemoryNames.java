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
 * Names of the shared memory regions in which workers give pictures to their inference servers. A name says which process made
 * it and when that started, so that what a dead process left can be told from what a living one uses, also where process ids
 * come again.
 */
public final class SharedMemoryNames {
    /** Where names are, as {@code shm_open} has it. */
    public static final Path FOLDER = Path.of("/dev/shm");

    /** What all of them begin with; the id of their process and a hyphen follow. */
    public static final String PREFIX = "framequota-";

    /** Begins anywhere: another class loader of this process counts for itself. */
    private static final AtomicInteger COUNT =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE / 2));

    /** A name that nobody had before. */
    public static String next() {
        ProcessHandle self = ProcessHandle.current();
        return PREFIX + self.pid() + "-" + startOf(self) + "-" + COUNT.incrementAndGet();
    }

    /** Whether the name is one of ours and its process is gone. */
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

    /** Deletes what dead processes left in a folder; what cannot be deleted stays. */
    public static void deleteStale(Path folder) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, PREFIX + "*")) {
            for (Path file : files) {
                if (stale(file.getFileName().toString())) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            System.getLogger(SharedMemoryNames.class.getName())
                    .log(System.Logger.Level.DEBUG, "old regions stay in {0}: {1}", folder, e.getMessage());
        }
    }

    private static long startOf(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    private SharedMemoryNames() {}
}
