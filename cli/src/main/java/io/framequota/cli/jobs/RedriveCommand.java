package io.framequota.cli.jobs;

import io.framequota.cli.options.OneJobCommand;
import io.framequota.cli.terminal.Terminal;
import io.framequota.client.ServerClient;
import io.framequota.common.failure.Failure;
import io.framequota.local.Installation;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code fq redrive}. */
@Command(
        name = "redrive",
        description = "Run the missing chunks of a failed or cancelled job.",
        footer = {"", "Examples:", "  fq redrive 1f0c2a9d"})
public final class RedriveCommand extends OneJobCommand {
    public RedriveCommand(Terminal terminal, Installation installation, Map<String, String> environment) {
        super(terminal, installation, environment);
    }

    @Override
    protected int run(ServerClient client, String id) throws InterruptedException {
        terminal.say(JobFormat.line(client.redrive(id)));
        return Failure.DONE;
    }
}
