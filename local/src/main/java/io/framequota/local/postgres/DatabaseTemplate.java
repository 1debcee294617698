package io.framequota.local.postgres;

import io.framequota.local.files.Folders;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** An initialised data folder in a zip file. Containers unpack it, because initdb needs a shell. */
public final class DatabaseTemplate {
    /** PostgreSQL refuses a folder that other users can read. */
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    /** Packs a folder with its empty folders, sorted by name. */
    public static void pack(Path folder, Path file) throws IOException {
        List<Path> entries;
        try (Stream<Path> tree = Files.walk(folder)) {
            entries = tree.filter(p -> !p.equals(folder)).sorted().toList();
        }
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Path entry : entries) {
                boolean inner = Files.isDirectory(entry);
                ZipEntry header = new ZipEntry(folder.relativize(entry) + (inner ? "/" : ""));
                header.setTimeLocal(LocalDateTime.of(1980, 1, 1, 0, 0));
                zip.putNextEntry(header);
                if (!inner) {
                    Files.copy(entry, zip);
                }
            }
        }
    }

    /** Unpacks the file into a folder, which is replaced if it exists. */
    static void copy(Path file, Path folder) throws IOException {
        Folders.delete(folder);
        Files.createDirectory(folder, PRIVATE);
        try (InputStream in = Files.newInputStream(file);
                ZipInputStream zip = new ZipInputStream(in)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path target = folder.resolve(entry.getName()).normalize();
                if (!target.startsWith(folder)) {
                    throw new IOException("an entry of " + file + " leaves its folder: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectory(target, PRIVATE);
                } else {
                    Files.copy(zip, target);
                    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-------"));
                }
            }
        }
    }

    private DatabaseTemplate() {}
}
