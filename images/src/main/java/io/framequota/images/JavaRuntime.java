package io.framequota.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The part of the JDK that the images need. All images share its layer. */
final class JavaRuntime {
    /** Its folder in an image. */
    static final String HOME = "/opt/java";

    /** Modules that the services were observed to use, and related ones; tools do not see reflective use. */
    private static final List<String> MODULES = List.of(
            "java.base",
            "java.compiler",
            // Only java.beans and the JPEG reader: see EXCLUDED.
            "java.desktop",
            "java.instrument",
            "java.logging",
            "java.management",
            "java.naming",
            "java.net.http",
            "java.rmi",
            "java.security.jgss",
            "java.security.sasl",
            "java.sql",
            "java.transaction.xa",
            "java.xml",
            "jdk.crypto.ec",
            "jdk.management",
            "jdk.naming.dns",
            "jdk.net",
            "jdk.security.auth",
            "jdk.unsupported",
            "jdk.zipfs");

    /** Libraries for screens and sound; those that stay read JPEG frames (decision 0180). */
    private static final String EXCLUDED = "regex:/java.desktop/lib/(?!(libawt|libawt_headless|libjavajpeg)\\.so$).*";

    /** The layer; jlink of this JVM's JDK creates it if it is not in the cache. */
    static Layer layer(Path cache) throws IOException, InterruptedException {
        Path jdk = Path.of(System.getProperty("java.home"));
        List<String> options = List.of(
                "--add-modules=" + String.join(",", MODULES),
                "--strip-debug",
                "--no-header-files",
                "--no-man-pages",
                "--exclude-files=" + EXCLUDED,
                "--compress=zip-6");
        Path folder = cache.resolve("java-" + Integer.toHexString((options + version()).hashCode()));
        if (!Files.exists(folder)) {
            // A separate folder, so that an interrupted run leaves no incomplete runtime.
            Path half = Files.createTempDirectory(cache, "java-new").resolve("java");
            List<String> command =
                    new ArrayList<>(List.of(jdk.resolve("bin/jlink").toString()));
            command.addAll(options);
            command.add("--output=" + half);
            ExternalProgram.run(cache, command);
            Files.move(half, folder);
            Files.delete(Objects.requireNonNull(half.getParent()));
        }
        return Layer.of("java").tree(folder, HOME, file -> true);
    }

    /** Version of the JDK. */
    static String version() {
        return Runtime.version().toString();
    }

    private JavaRuntime() {}
}
