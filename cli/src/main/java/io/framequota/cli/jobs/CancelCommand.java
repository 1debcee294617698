package io.framequota.cli.jobs;

import io.framequota.cli.options.OneJobCommand;
import io.framequota.cli.terminal.Terminal;
import io.framequota.client.ServerClient;
import io.framequota.common.failure.Failure;
import io.framequota.local.Installation;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code fq cancel}. */
@Command(
        name = "cancel",
        description = "Cancel a job that has not ended.",
        footer = {"", "Examples:", "  fq cancel 1f0c2a9d"})
public final class CancelCommand extends OneJobCommand {
    public CancelCommand(Terminal terminal, Installation installation, Map<String, String> environment) {
        super(terminal, installation, environment);
    }

    @Override
    protected int run(ServerClient client, String id) throws InterruptedException {
        terminal.say(JobFormat.line(client.cancel(id)));
        return Failure.DONE;
    }
}
