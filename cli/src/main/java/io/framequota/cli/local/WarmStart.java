package io.framequota.cli.local;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The ahead-of-time caches of JDK 25, one for each kind of process: classes parsed and linked, methods profiled.
 *
 * @param folder that holds them, relative to the project
 * @param training whether this run writes them, at the end of each process, or uses them
 */
record WarmStart(Path folder, boolean training) {
    /** JVM options for a kind of process that reaches the project through a link in its folder. */
    List<String> options(String kind, Path root, String link) {
        Path cache = folder.resolve(kind + ".aot");
        String seen = Path.of(link).resolve(cache).toString();
        if (training) {
            return List.of("-XX:AOTCacheOutput=" + seen);
        }
        return Files.isRegularFile(root.resolve(cache)) ? List.of("-XX:AOTCache=" + seen) : List.of();
    }
}
