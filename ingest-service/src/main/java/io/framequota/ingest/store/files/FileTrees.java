package io.framequota.ingest.store.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Operations on folders with all that they hold. */
public final class FileTrees {
    private FileTrees() {}

    /** Deletes a folder with everything in it, if it exists. */
    public static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> parentsFirst;
        try (Stream<Path> all = Files.walk(folder)) {
            parentsFirst = all.toList();
        }
        for (Path path : parentsFirst.reversed()) {
            Files.deleteIfExists(path);
        }
    }
}
