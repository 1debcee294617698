package io.framequota.local;

import io.framequota.common.failure.Failure;
import io.framequota.local.files.Folders;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** The folder that holds all data of one local system. A file lock reserves it for one process at a time. */
public final class DataFolder implements AutoCloseable {
    private static final String LOCK = "lock";
    private final Path path;
    private final FileChannel channel;

    private DataFolder(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Locks a folder, and creates it if it is missing.
     *
     * @throws Failure wrong use: another system holds the folder, or it cannot be used
     */
    public static DataFolder take(Path path) {
        try {
            Folders.create(path);
            Folders.createPrivateFile(path.resolve(LOCK));
            FileChannel channel = FileChannel.open(path.resolve(LOCK), StandardOpenOption.WRITE);
            if (lock(channel) == null) {
                channel.close();
                throw Failure.use("a system is already running on " + path + ": stop it with fq down --data " + path
                        + ", or give another --data");
            }
            return new DataFolder(path, channel);
        } catch (IOException e) {
            throw Failure.use("cannot use the data folder " + path + ": " + Failure.words(e));
        }
    }

    /** Whether a living process holds the folder. */
    public static boolean isHeld(Path path) {
        if (!Files.exists(path.resolve(LOCK))) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(path.resolve(LOCK), StandardOpenOption.WRITE)) {
            return lock(channel) == null;
        } catch (IOException e) {
            return false;
        }
    }

    public Path path() {
        return path;
    }

    /** Releases the folder; its files stay. */
    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** Deletes the folder and releases it. */
    public void delete() throws IOException {
        Folders.delete(path);
        channel.close();
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }
}
