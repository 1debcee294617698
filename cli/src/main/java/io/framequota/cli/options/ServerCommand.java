package io.framequota.cli.options;

import io.framequota.cli.terminal.Terminal;
import io.framequota.client.ServerClient;
import io.framequota.local.Installation;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** A command that sends requests to a server. */
public abstract class ServerCommand implements Callable<Integer> {
    protected final Terminal terminal;

    private final Installation installation;
    private final Map<String, String> environment;

    @Mixin
    private ServerOption server = new ServerOption();

    protected ServerCommand(Terminal terminal, Installation installation, Map<String, String> environment) {
        this.terminal = terminal;
        this.installation = installation;
        this.environment = environment;
    }

    @Override
    public final Integer call() throws InterruptedException, IOException {
        try (ServerClient client = server.connect(installation, environment)) {
            return run(client);
        }
    }

    /** Tells the user when the work is given to the system that {@code fq up} runs, which no option has named. */
    protected final void sayWhichSystem() {
        server.running(installation, environment)
                .ifPresent(url -> terminal.say("using the system that fq up runs at " + url));
    }

    /** Whether the user means a certain server. */
    protected final boolean namesServer() {
        return server.isNamed(environment)
                || server.running(installation, environment).isPresent();
    }

    /** Does the work and returns the exit code. */
    protected abstract int run(ServerClient client) throws InterruptedException, IOException;
}
