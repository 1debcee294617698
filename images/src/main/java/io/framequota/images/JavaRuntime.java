package io.framequota.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The part of the JDK that the images need, shared by all of them: layers that are the same are stored once. */
final class JavaRuntime {
    /** Where it lies in an image. */
    static final String HOME = "/opt/java";

    /** Reflection hides from tools what is needed, so this is what the services were seen to need, and their neighbours. */
    private static final List<String> MODULES = List.of(
            "java.base",
            "java.compiler",
            // Of this one only java.beans, and the reader of JPEG: see below.
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

    /** What shows pictures on screens and plays sounds; what is left reads JPEG, as frames may travel (decision 0180). */
    private static final String WITHOUT = "regex:/java.desktop/lib/(?!(libawt|libawt_headless|libjavajpeg)\\.so$).*";

    /** Makes it with this JVM's own JDK when it is not in the cache. */
    static Layer layer(Path cache) throws IOException, InterruptedException {
        Path jdk = Path.of(System.getProperty("java.home"));
        List<String> options = List.of(
                "--add-modules=" + String.join(",", MODULES),
                "--strip-debug",
                "--no-header-files",
                "--no-man-pages",
                "--exclude-files=" + WITHOUT,
                "--compress=zip-6");
        Path folder = cache.resolve("java-" + Integer.toHexString((options + version()).hashCode()));
        if (!Files.exists(folder)) {
            // In a folder of its own: an interrupted run leaves no half a runtime.
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

    /** Of the JDK, as its supplier writes it. */
    static String version() {
        return Runtime.version().toString();
    }

    private JavaRuntime() {}
}
