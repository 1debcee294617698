package io.framequota.ingest.store.files;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** Deletes what a killed process left: the files {@code NAME.part}, since a complete file has been renamed, and pictures of archives. */
public final class PartialFileCleaner {
    private static final Logger LOG = Logger.getLogger(PartialFileCleaner.class);
    private static final String SUFFIX = ".part";
    /** Without uploads, whose names the clients choose. */
    private static final List<String> FOLDERS = List.of("results", "fetched", "samples");

    /** Each open archive has a folder in it, with its current picture. */
    private static final String PICTURES = "pictures";

    private PartialFileCleaner() {}

    /** Deletes the partial files and folders of archives that were last written before this time. */
    public static void clean(Path storage, Instant before) {
        for (String folder : FOLDERS) {
            Path root = storage.resolve(folder);
            if (Files.isDirectory(root)) {
                cleanFolder(root, before);
            }
        }
        Path pictures = storage.resolve(PICTURES);
        if (Files.isDirectory(pictures)) {
            cleanPictures(pictures, before);
        }
    }

    private static void cleanPictures(Path root, Instant before) {
        try (Stream<Path> archives = Files.list(root)) {
            for (Path archive : archives.toList()) {
                if (Files.getLastModifiedTime(archive).toInstant().isBefore(before)) {
                    FileTrees.delete(archive);
                }
            }
        } catch (IOException e) {
            LOG.warnf("pictures in %s are not deleted: %s", root, e.getMessage());
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
