package io.framequota.ingest.store.files;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.List;
import org.jboss.logging.Logger;

/** Deletes the files {@code NAME.part} that a killed process left. A complete file has been renamed. */
public final class PartialFileCleaner {
    private static final Logger LOG = Logger.getLogger(PartialFileCleaner.class);
    private static final String SUFFIX = ".part";
    /** Without uploads, whose names the clients choose. */
    private static final List<String> FOLDERS = List.of("results", "fetched", "samples");

    private PartialFileCleaner() {}

    /** Deletes the partial files that were last written before this time. */
    public static void clean(Path storage, Instant before) {
        for (String folder : FOLDERS) {
            Path root = storage.resolve(folder);
            if (Files.isDirectory(root)) {
                cleanFolder(root, before);
            }
        }
    }

    private static void cleanFolder(Path root, Instant before) {
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    boolean old = attributes.lastModifiedTime().toInstant().isBefore(before);
                    if (old && file.toString().endsWith(SUFFIX)) {
                        Files.deleteIfExists(file);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    // The file was deleted meanwhile, or this process may not read it.
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            LOG.warnf("partial files in %s are not deleted: %s", root, e.getMessage());
        }
    }
}
