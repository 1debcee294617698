package io.framequota.scheduler.policy;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * Collects policies from the class path and from plug-in jars. A jar that cannot be used is skipped and reported in one
 * line.
 */
final class PolicyLoader {
    private static final String SERVICE = "META-INF/services/" + PolicyProvider.class.getName();

    private final List<PolicyDefinition> found = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    PolicyLoader() {
        ServiceLoader.load(PolicyProvider.class, PolicyProvider.class.getClassLoader())
                .forEach(provider -> found.addAll(provider.policies()));
    }

    Policies policies() {
        return new Policies(found, problems);
    }

    /** Adds the policies of the jars in a folder, in the order of the jars' names. */
    void addFolder(Path folder) {
        List<Path> jars;
        try (Stream<Path> files = Files.list(folder)) {
            jars = files.filter(f -> f.toString().endsWith(".jar")).sorted().toList();
        } catch (IOException e) {
            problems.add("no plug-ins are loaded: the folder " + folder + " (" + Policies.PLUGINS + ") cannot be read");
            return;
        }
        jars.forEach(this::addJar);
    }

    private void addJar(Path jar) {
        try {
            for (PolicyProvider provider : providers(jar)) {
                Objects.requireNonNull(provider.policies(), "its provider offers no list of policies")
                        .forEach(policy -> add(jar, policy));
            }
        } catch (IOException e) {
            skip(jar, "it cannot be read as a jar");
        } catch (RuntimeException | Error e) {
            // A plug-in is foreign code: whatever it throws must not stop the process.
            skip(jar, String.valueOf(e.getMessage()).lines().findFirst().orElse("") + cause(e));
        }
    }

    private List<PolicyProvider> providers(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            if (file.getJarEntry(SERVICE) == null) {
                skip(jar, "it has no " + SERVICE);
                return List.of();
            }
        }
        // Stays open for the life of the process: the policies load further classes from it. Each jar has its own
        // loader, so that jars cannot disturb each other.
        URLClassLoader loader =
                new URLClassLoader(new URL[] {jar.toUri().toURL()}, PolicyProvider.class.getClassLoader());
        return ServiceLoader.load(PolicyProvider.class, loader).stream()
                .filter(p -> p.type().getClassLoader() == loader)
                .map(ServiceLoader.Provider::get)
                .toList();
    }

    private void add(Path jar, PolicyDefinition policy) {
        List<String> taken = Stream.concat(Stream.of(policy.name()), policy.aliases().stream())
                .filter(name -> found.stream().anyMatch(p -> p.answersTo(name)))
                .toList();
        if (taken.isEmpty()) {
            found.add(policy);
        } else {
            skip(jar, "another policy is already called " + taken.getFirst());
        }
    }

    private void skip(Path jar, String reason) {
        problems.add("plug-in " + jar.getFileName() + " is skipped: " + reason);
    }

    private static String cause(Throwable e) {
        return e.getCause() == null ? "" : " (" + e.getCause() + ")";
    }
}
