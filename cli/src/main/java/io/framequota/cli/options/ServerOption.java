package io.framequota.cli.options;

import io.framequota.client.ServerClient;
import io.framequota.common.failure.Failure;
import io.framequota.local.Installation;
import io.framequota.local.RunningSystem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that names a server. */
public final class ServerOption {
    @Option(
            names = "--server",
            paramLabel = "URL",
            description = "URL of the server (default: FQ_SERVER, else the system that fq up runs on this machine, else"
                    + " http://127.0.0.1:8080).")
    private @Nullable String server;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description =
                    "Key for a server that asks for one (default: FQ_KEY, else the content of the file FQ_KEY_FILE). Other"
                            + " users of this machine can read a command line.")
    private @Nullable String key;

    /** Creates a client, which the caller closes. */
    public ServerClient connect(Installation installation, Map<String, String> environment) {
        return connect(url(installation, environment), environment);
    }

    /** Creates a client of the server at this URL, which the caller closes. */
    public ServerClient connect(String url, Map<String, String> environment) {
        return new ServerClient(url, key == null ? key(environment) : key);
    }

    /** The key that the environment gives, null if it gives none. */
    public static @Nullable String key(Map<String, String> environment) {
        String given = environment.getOrDefault("FQ_KEY", "");
        if (!given.isBlank()) {
            return given.strip();
        }
        String file = environment.getOrDefault("FQ_KEY_FILE", "");
        if (file.isBlank()) {
            return null;
        }
        try {
            return Files.readString(Path.of(file), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw Failure.use("FQ_KEY_FILE: cannot read " + file + ": " + Failure.words(e));
        }
    }

    /** The server's URL, as named or found. */
    public String url(Installation installation, Map<String, String> environment) {
        if (server != null) {
            return server;
        }
        String named = environment.getOrDefault("FQ_SERVER", "");
        return named.isBlank() ? running(installation, environment).orElse("http://127.0.0.1:8080") : named;
    }

    /** Whether the command line or the environment names the server. */
    public boolean isNamed(Map<String, String> environment) {
        return server != null || !environment.getOrDefault("FQ_SERVER", "").isBlank();
    }

    /** URL of the system that {@code fq up} runs on this machine, if that is the server. */
    Optional<String> running(Installation installation, Map<String, String> environment) {
        return isNamed(environment)
                ? Optional.empty()
                : RunningSystem.ownOn(installation.defaultData()).map(RunningSystem::url);
    }
}
