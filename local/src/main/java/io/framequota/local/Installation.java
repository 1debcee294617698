package io.framequota.local;

import io.framequota.common.failure.Failure;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The folder of the built project and the user's folders for its files.
 *
 * @param root the project's folder
 * @param java the Java launcher for all processes
 * @param state of the user: data folders of running and interrupted systems ({@code $XDG_STATE_HOME/framequota})
 * @param cache of the user: files that can be recreated ({@code $XDG_CACHE_HOME/framequota})
 * @param warm of the user: start-up caches and the data template of this project folder; not below {@code root}, which may
 *     belong to another user
 */
public record Installation(Path root, Path java, Path state, Path cache, Path warm) {

    /** An installation without start-up caches. */
    public Installation(Path root, Path java, Path state, Path cache) {
        this(root, java, state, cache, cache.resolve("warm/none"));
    }

    /** The installation that this process runs from. */
    public static Installation of(Map<String, String> environment) {
        Path home = Path.of(System.getProperty("user.home"));
        Path cache = folder(environment, "XDG_CACHE_HOME", home.resolve(".cache"));
        return new Installation(
                Path.of(environment.getOrDefault("FQ_ROOT", ""))
                        .toAbsolutePath()
                        .normalize(),
                Path.of(System.getProperty("java.home"), "bin", "java"),
                folder(environment, "XDG_STATE_HOME", home.resolve(".local/state")),
                cache,
                Path.of(environment.getOrDefault(
                        "FQ_WARM", cache.resolve("warm/none").toString())));
    }

    private static Path folder(Map<String, String> environment, String variable, Path otherwise) {
        String value = environment.getOrDefault(variable, "");
        return (value.startsWith("/") ? Path.of(value) : otherwise).resolve("framequota");
    }

    /** The data folder of {@code fq up} without {@code --data}. */
    public Path defaultData() {
        return state.resolve("up");
    }

    /** Data folders of {@code fq detect}. */
    public Path runs() {
        return state.resolve("runs");
    }

    /** The model repository of the user, which {@code fq model add} fills. */
    public Path ownModels() {
        return state.resolve("models");
    }

    /** Path of a service's program, relative to {@link #root}. */
    static String serviceJar(String module) {
        String folder = module.equals("scheduler") ? "scheduler/controller" : module;
        return folder + "/target/quarkus-app/quarkus-run.jar";
    }

    /** Path of the embedded inference server's program, relative to {@link #root}. */
    public static String serverJar() {
        return "inference-server/target/inference-server.jar";
    }

    /** Paths of all programs of the build, relative to {@link #root}. */
    static List<String> programs() {
        return List.of(
                "cli/target/fq.jar",
                serverJar(),
                serviceJar("ingest-service"),
                serviceJar("inference-service"),
                serviceJar("scheduler"));
    }

    /**
     * Checks that everything that the local system needs is built.
     *
     * @throws Failure a part is missing
     */
    public void check() {
        programs().forEach(this::require);
    }

    /**
     * Checks that the cache can be written to.
     *
     * @throws Failure wrong use
     */
    void checkCache() {
        try {
            Files.createDirectories(cache);
            if (!Files.isWritable(cache)) {
                throw new AccessDeniedException(cache.toString());
            }
        } catch (IOException e) {
            throw Failure.use("cannot write to " + cache + " (" + Failure.words(e)
                    + "): set XDG_CACHE_HOME to a folder that you can write to");
        }
    }

    /**
     * Checks that a file of the build exists.
     *
     * @throws Failure a part is missing; the message says how to build it
     */
    public void require(String file) {
        if (!Files.isRegularFile(root.resolve(file))) {
            Path wrapper = root.resolve("mvnw");
            throw Failure.missing(
                    Files.exists(wrapper)
                            ? root.resolve(file) + " is missing: build it with " + wrapper + " package"
                            : root.resolve(file)
                                    + " is missing: this installation drives a running system (--server URL);"
                                    + " take the project's sources to run one here");
        }
    }

    /** Creates a folder for one {@code fq detect}. */
    public Path newRun() {
        try {
            Files.createDirectories(runs());
            return Files.createTempDirectory(runs(), "run-");
        } catch (IOException e) {
            throw Failure.use("cannot write to " + runs() + " (" + Failure.words(e)
                    + "): set XDG_STATE_HOME to a folder that you can write to");
        }
    }
}
