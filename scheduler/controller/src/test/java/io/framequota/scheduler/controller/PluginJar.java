package io.framequota.scheduler.controller;

import io.framequota.scheduler.policy.PolicyProvider;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;

/** Compiles a plug-in policy from source, as the guide "Adding a policy" describes. */
final class PluginJar {
    /**
     * Compiles one class and packs it into a jar.
     *
     * @param folder the folder in which the jar is created
     * @param className fully qualified name of the class, which is the provider
     * @param source the whole file
     */
    static void compile(Path folder, String className, String source) throws IOException {
        String simpleName = className.substring(className.lastIndexOf('.') + 1);
        Path work = Files.createTempDirectory(folder, "plugin");
        Path file = Files.writeString(work.resolve(simpleName + ".java"), source);
        String classPath = System.getProperty("java.class.path");
        int code = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-cp", classPath, "-d", work.toString(), "-proc:none", file.toString());
        if (code != 0) {
            throw new IllegalArgumentException("the plug-in does not compile; see stderr");
        }
        List<Path> classes;
        try (Stream<Path> found = Files.walk(work)) {
            classes = found.filter(f -> f.toString().endsWith(".class")).toList();
        }
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(folder.resolve(simpleName + ".jar")))) {
            for (Path one : classes) {
                jar.putNextEntry(new ZipEntry(work.relativize(one).toString()));
                Files.copy(one, jar);
            }
            jar.putNextEntry(new ZipEntry("META-INF/services/" + PolicyProvider.class.getName()));
            jar.write(className.getBytes(StandardCharsets.UTF_8));
        }
    }

    private PluginJar() {}
}
