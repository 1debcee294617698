package io.framequota.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A database with the schema and a broker with the topics, made once after a build: copying them is quicker than making
 * them at every start.
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

    /** Gives a data folder what it does not have yet. */
    void fill(Path data) throws IOException {
        // None is made without the lock's file, and it stays: it may lie where nothing can be written.
        if (Files.exists(lock)) {
            locked(true, () -> copyTo(data));
        }
    }

    private void copyTo(Path data) throws IOException {
        for (String part : PARTS) {
            Path target = data.resolve(part);
            if (!Files.exists(target) && Files.exists(folder.resolve(part))) {
                Path half = data.resolve(part + ".new");
                DataFolder.deleteTree(half);
                DataFolder.copyTree(folder.resolve(part), half);
                Files.move(half, target);
            }
        }
    }

    /** Becomes a copy of a data folder whose processes have ended. */
    void takeFrom(Path data) throws IOException {
        Files.createDirectories(folder);
        locked(false, () -> {
            DataFolder.deleteTree(folder);
            Files.createDirectories(folder);
            for (String part : PARTS) {
                DataFolder.copyTree(data.resolve(part), folder.resolve(part));
            }
        });
    }

    private interface Copying {
        void run() throws IOException;
    }

    /** While one fq makes it no other one copies it: half a database does not start. */
    private void locked(boolean shared, Copying what) throws IOException {
        // A lock is the whole process's.
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
