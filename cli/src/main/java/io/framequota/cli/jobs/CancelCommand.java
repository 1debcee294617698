package io.framequota.cli.jobs;

import io.framequota.cli.options.ServerCommand;
import io.framequota.cli.terminal.Terminal;
import io.framequota.client.ServerClient;
import io.framequota.common.failure.Failure;
import io.framequota.local.Installation;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code fq cancel}. */
@Command(
        name = "cancel",
        description = "Cancel a job.",
        footer = {"", "Examples:", "  fq cancel 1f0c2a9d"})
public final class CancelCommand extends ServerCommand {
    @Parameters(paramLabel = "ID", description = "The job.")
    private String id = "";

    public CancelCommand(Terminal terminal, Installation installation, Map<String, String> environment) {
        super(terminal, installation, environment);
    }

    @Override
    protected int run(ServerClient client) throws InterruptedException {
        terminal.say(JobFormat.line(client.cancel(id)));
        return Failure.DONE;
    }
}
