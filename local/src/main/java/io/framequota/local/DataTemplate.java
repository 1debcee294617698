package io.framequota.local;

import io.framequota.local.files.Folders;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A database with its schema and a broker with its topics, made once after a build. Copying them takes less time than creating
 * them at each start.
 */
final class DataTemplate {
    private static final List<String> PARTS = List.of("database", "broker");
    private final Path folder;
    private final Path lock;

    private DataTemplate(Path folder) {
        this.folder = folder;
        this.lock = folder.resolveSibling("data.lock");
    }

    static DataTemplate of(Installation installation) {
        return new DataTemplate(installation.warm().resolve("data"));
    }

    /** Copies into a data folder what it does not contain yet. */
    void fill(Path data) throws IOException {
        // Without the lock file there is no template. It is not created here: the folder may be read-only.
        if (Files.exists(lock)) {
            locked(true, () -> copyTo(data));
        }
    }

    private void copyTo(Path data) throws IOException {
        for (String part : PARTS) {
            Path target = data.resolve(part);
            if (!Files.exists(target) && Files.exists(folder.resolve(part))) {
                Path half = data.resolve(part + ".new");
                Folders.delete(half);
                Folders.copy(folder.resolve(part), half);
                Files.move(half, target);
            }
        }
    }

    /** Replaces the template with a copy of a data folder whose processes have ended. */
    void takeFrom(Path data) throws IOException {
        Files.createDirectories(folder);
        locked(false, () -> {
            Folders.delete(folder);
            Files.createDirectories(folder);
            for (String part : PARTS) {
                Folders.copy(data.resolve(part), folder.resolve(part));
            }
        });
    }

    private interface Copying {
        void run() throws IOException;
    }

    /** No fq copies the template while another writes it: half a database does not start. */
    private void locked(boolean shared, Copying what) throws IOException {
        // File locks exclude other processes only.
        synchronized (DataTemplate.class) {
            try (FileChannel channel = shared
                            ? FileChannel.open(lock, StandardOpenOption.READ)
                            : FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock held = channel.lock(0, Long.MAX_VALUE, shared)) {
                assert held.isValid();
                what.run();
            }
        }
    }
}
