package io.framequota.cli.options;

import io.framequota.cli.terminal.Terminal;
import io.framequota.client.ServerClient;
import io.framequota.local.Installation;
import java.io.IOException;
import java.util.Map;
import picocli.CommandLine.Parameters;

/** A command about one job of a server. */
public abstract class OneJobCommand extends ServerCommand {
    @Parameters(
            paramLabel = "ID",
            description = "Id of the job, or the beginning of it if no other job's id begins so.")
    private String id = "";

    protected OneJobCommand(Terminal terminal, Installation installation, Map<String, String> environment) {
        super(terminal, installation, environment);
    }

    @Override
    protected final int run(ServerClient client) throws InterruptedException, IOException {
        return run(client, client.jobId(id));
    }

    /** Does the work for the job of this id and returns the exit code. */
    protected abstract int run(ServerClient client, String id) throws InterruptedException, IOException;
}
