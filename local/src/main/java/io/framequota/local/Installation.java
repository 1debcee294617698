package io.framequota.local;

import io.framequota.common.failure.Failure;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Where the built project lies and where the user's files of it go.
 *
 * @param root the project's folder
 * @param java the program that runs everything
 * @param state of the user: data folders of running and interrupted systems ({@code $XDG_STATE_HOME/framequota})
 * @param cache of the user: what can be made again ({@code $XDG_CACHE_HOME/framequota})
 * @param warm of the user: start-up caches and the data template of this project's folder. Not below {@code root}: that may be
 *     somebody else's
 */
public record Installation(Path root, Path java, Path state, Path cache, Path warm) {

    /** One whose start-up caches are none. */
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

    /** A service's program relative to {@link #root}. */
    static String serviceJar(String module) {
        // The scheduler's name is its folder's: what runs is one of the modules in it.
        String folder = module.equals("scheduler") ? "scheduler/controller" : module;
        return folder + "/target/quarkus-app/quarkus-run.jar";
    }

    /** The embedded inference server's program relative to {@link #root}. */
    public static String serverJar() {
        return "inference-server/target/inference-server.jar";
    }

    /** Every program of the build, relative to {@link #root}. */
    static List<String> programs() {
        return List.of(
                "cli/target/fq.jar",
                serverJar(),
                serviceJar("ingest-service"),
                serviceJar("inference-service"),
                serviceJar("scheduler"));
    }

    /** Fails when a part that the local system needs is not built. */
    public void check() {
        programs().forEach(this::require);
    }

    /** Fails when nothing can be unpacked. */
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

    /** Fails when a file of the build is missing. */
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

    /** A fresh folder for one {@code fq detect}. */
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
