package io.framequota.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;

/**
 * The ahead-of-time caches of JDK 25, one for each kind of process: classes parsed and linked, methods profiled.
 *
 * @param training whether this run writes them, at the end of each process, or uses them
 */
record StartupCaches(boolean training) {
    /** JVM options for a kind of process that reaches the caches through a link in its folder. */
    List<String> options(String kind, Installation installation, String link) {
        String cache = kind + ".aot";
        String seen = link + "/" + cache;
        if (training) {
            return List.of("-XX:AOTCacheOutput=" + seen);
        }
        return isOfThisBuild(installation.root(), installation.warm().resolve(cache))
                ? List.of("-XX:AOTCache=" + seen)
                : List.of();
    }

    /**
     * Whether a cache is newer than every program. The JVM itself was seen to take a cache recorded from an older jar and to
     * mix its classes with the new ones.
     */
    private static boolean isOfThisBuild(Path root, Path cache) {
        try {
            FileTime recorded = Files.getLastModifiedTime(cache);
            for (String jar : Installation.programs()) {
                if (Files.getLastModifiedTime(root.resolve(jar)).compareTo(recorded) >= 0) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
