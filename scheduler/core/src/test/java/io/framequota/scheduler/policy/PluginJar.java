package io.framequota.scheduler.policy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** Compiles a plug-in from source, as the guide "Adding a policy" describes. */
final class PluginJar {
    /**
     * Compiles one class and packs it.
     *
     * @param folder in which {@code NAME.jar} is created
     * @param className fully qualified; names the jar by its simple name, and is the provider
     * @param source the whole file
     */
    static Path compile(Path folder, String className, String source) throws IOException {
        String simpleName = className.substring(className.lastIndexOf('.') + 1);
        Path work = Files.createTempDirectory(folder, "plugin");
        Path file = Files.writeString(work.resolve(simpleName + ".java"), source);
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        StringWriter errors = new StringWriter();
        String classPath = System.getProperty("java.class.path");
        boolean compiled;
        try (var files = javac.getStandardFileManager(null, null, null)) {
            compiled = javac.getTask(
                            errors,
                            files,
                            null,
                            List.of("-cp", classPath, "-d", work.toString(), "-proc:none"),
                            null,
                            files.getJavaFileObjects(file))
                    .call();
        }
        if (!compiled) {
            throw new IllegalArgumentException(errors.toString());
        }
        return pack(folder.resolve(simpleName + ".jar"), work, className);
    }

    /** Packs the classes of a folder, which may be empty, with a provider, which may be missing. */
    static Path pack(Path jar, Path classes, String provider) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out);
                Stream<Path> found = Files.walk(classes)) {
            for (Path file : found.filter(f -> f.toString().endsWith(".class")).toList()) {
                entries.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
                Files.copy(file, entries);
            }
            entries.putNextEntry(new ZipEntry("META-INF/services/" + PolicyProvider.class.getName()));
            entries.write(provider.getBytes(StandardCharsets.UTF_8));
        }
        return jar;
    }

    private PluginJar() {}
}
