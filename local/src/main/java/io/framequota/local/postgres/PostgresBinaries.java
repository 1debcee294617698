package io.framequota.local.postgres;

import io.framequota.local.files.Folders;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLConnection;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** PostgreSQL's programs, which are unpacked from their jar once. */
final class PostgresBinaries {
    private static final String ARCHIVE = "/postgres-linux-x86_64.txz";

    /**
     * The folder with {@code bin}, {@code lib} and {@code share}; unpacks it below {@code cache} if it is missing. Several
     * processes may do so at the same time: one copy is used.
     */
    static Path unpacked(Path cache) throws IOException {
        URLConnection archive = Objects.requireNonNull(
                        PostgresBinaries.class.getResource(ARCHIVE), ARCHIVE + " is not on the class path")
                .openConnection();
        archive.setUseCaches(false);
        Path home = cache.resolve("postgres-" + Long.toHexString(archive.getContentLengthLong()));
        if (Files.isExecutable(home.resolve("bin/postgres"))) {
            return home;
        }
        Files.createDirectories(cache);
        Path work = Files.createTempDirectory(cache, "postgres-new-");
        try (InputStream in = new XZInputStream(new BufferedInputStream(archive.getInputStream(), 1 << 16))) {
            unpack(in, work);
            Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.move(work, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException
                | AtomicMoveNotSupportedException
                | java.nio.file.DirectoryNotEmptyException e) {
            if (!Files.isExecutable(home.resolve("bin/postgres"))) {
                throw e;
            }
        } finally {
            Folders.delete(work);
        }
        return home;
    }

    private static void unpack(InputStream in, Path folder) throws IOException {
        TarArchiveInputStream tar = new TarArchiveInputStream(in);
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            Path target = folder.resolve(entry.getName()).normalize();
            if (!target.startsWith(folder)) {
                throw new IOException("an entry of " + ARCHIVE + " leaves its folder: " + entry.getName());
            }
            if (entry.isDirectory()) {
                Files.createDirectories(target);
                continue;
            }
            Files.createDirectories(Objects.requireNonNull(target.getParent()));
            if (entry.isSymbolicLink()) {
                Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
            } else if (entry.isFile()) {
                Files.copy(tar, target);
                boolean program = (entry.getMode() & 0100) != 0;
                Files.setPosixFilePermissions(
                        target, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
            }
        }
    }

    private PostgresBinaries() {}
}
