package io.framequota.local;

import io.framequota.common.failure.Failure;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The folder that everything of one local system lives in, held by one process at a time through a file lock. */
public final class DataFolder implements AutoCloseable {
    /** File in a private folder that says where its run can be gone on with; without it nobody comes back for the folder. */
    public static final String NOTE = "note";

    private static final String LOCK = "lock";
    private static final Set<PosixFilePermission> OWNER_FOLDER = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> OWNER_FILE = PosixFilePermissions.fromString("rw-------");
    private final Path path;
    private final FileChannel channel;

    private DataFolder(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** Takes the folder, making it when it is missing; a folder that another system holds is refused. */
    public static DataFolder take(Path path) {
        try {
            make(path);
            makeFile(path.resolve(LOCK));
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

    /** Makes a folder that is for its user alone, unless it is there. */
    public static void make(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder.toAbsolutePath().getParent());
            try {
                Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWNER_FOLDER));
            } catch (FileAlreadyExistsException e) {
                if (!Files.isDirectory(folder)) {
                    throw e;
                }
            }
        }
    }

    /** The same for a folder that is all ours: one from before, when others could read it, is closed to them. */
    static void makeOwn(Path folder) throws IOException {
        make(folder);
        if (!Files.getPosixFilePermissions(folder).equals(OWNER_FOLDER)) {
            Files.setPosixFilePermissions(folder, OWNER_FOLDER);
        }
    }

    /** Makes an empty file that is for its user alone; one that is there is closed to others and stays as it is. */
    public static void makeFile(Path file) throws IOException {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER_FILE));
        } catch (FileAlreadyExistsException e) {
            if (!Files.getPosixFilePermissions(file).equals(OWNER_FILE)) {
                Files.setPosixFilePermissions(file, OWNER_FILE);
            }
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

    /** Where it lies. */
    public Path path() {
        return path;
    }

    /** Lets it go; the files stay. */
    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** Lets it go and deletes it. */
    public void delete() throws IOException {
        deleteTree(path);
        channel.close();
    }

    /** Deletes a folder and what is in it, never what links in it point to. What vanishes meanwhile is no error. */
    public static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) throws IOException {
                Files.deleteIfExists(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Copies a folder and what is in it. */
    static void copyTree(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                Files.copy(folder, to.resolve(from.relativize(folder)), StandardCopyOption.COPY_ATTRIBUTES);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Replaces a link. */
    static void link(Path link, Path target) throws IOException {
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, target);
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }
}
