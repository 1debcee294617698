package io.framequota.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;

/** Whether the processes of a system use or write the JVM's ahead-of-time caches, which hold parsed and linked classes. */
enum StartupCaches {
    /** Each process uses its cache, if there is one of this build. */
    USED,
    /** Each process writes its cache when it ends. */
    RECORDED;

    /**
     * JVM options for a kind of process.
     *
     * @param link path of the folder of caches as the process sees it
     */
    List<String> options(String kind, Installation installation, String link) {
        String cache = kind + ".aot";
        String path = link + "/" + cache;
        if (this == RECORDED) {
            return List.of("-XX:AOTCacheOutput=" + path);
        }
        return isOfThisBuild(installation.root(), installation.warm().resolve(cache))
                ? List.of("-XX:AOTCache=" + path)
                : List.of();
    }

    /**
     * Whether a cache is newer than every program. The JVM has been seen to accept a cache of an older jar and to mix its
     * classes with the new ones.
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
