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

/** Files that a killed process was writing: {@code NAME.part}, which a finished one would have renamed. */
public final class PartialFileCleaner {
    private static final Logger LOG = Logger.getLogger(PartialFileCleaner.class);
    private static final String PART = ".part";
    /** Not uploads: their names are the users' own. */
    private static final List<String> FOLDERS = List.of("results", "fetched", "samples");

    /** Removes those that were last written before this. */
    public static void remove(Path storage, Instant before) {
        for (String folder : FOLDERS) {
            Path root = storage.resolve(folder);
            if (Files.isDirectory(root)) {
                removeBelow(root, before);
            }
        }
    }

    private static void removeBelow(Path root, Instant before) {
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    boolean old = attributes.lastModifiedTime().toInstant().isBefore(before);
                    if (old && file.toString().endsWith(PART)) {
                        Files.deleteIfExists(file);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    // It has gone meanwhile, or is nobody's to read.
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            LOG.warnf("leftovers stay in %s: %s", root, e.getMessage());
        }
    }

    private PartialFileCleaner() {}
}
