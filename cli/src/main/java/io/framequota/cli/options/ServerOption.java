package io.framequota.cli.options;

import io.framequota.client.ServerClient;
import io.framequota.local.Installation;
import io.framequota.local.RunningSystem;
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

    /** Creates a client, which the caller closes. */
    public ServerClient connect(Installation installation, Map<String, String> environment) {
        return new ServerClient(url(installation, environment));
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
