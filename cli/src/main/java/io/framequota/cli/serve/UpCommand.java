package io.framequota.cli.serve;

import io.framequota.cli.options.LocalOptions;
import io.framequota.cli.policy.PolicyNames;
import io.framequota.cli.terminal.Terminal;
import io.framequota.common.failure.Failure;
import io.framequota.local.DataFolder;
import io.framequota.local.Installation;
import io.framequota.local.LocalSettings;
import io.framequota.local.LocalSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code fq up}. */
@Command(
        name = "up",
        description =
                "Start the whole system on this machine and keep it running until interrupted. Jobs continue when it is"
                        + " started again with the same --data.",
        footer = {
            "",
            "Prints one line with the address when the system is ready. Processes that end are restarted. The logs are"
                    + " in DIR/logs; see fq logs.",
            "",
            "Examples:",
            "  fq up",
            "  fq up --detach --workers 2 --policy one-request-at-a-time",
            "  fq up --data /srv/framequota --port 9000 --model-repository models"
        })
public final class UpCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Installation installation;

    @Option(names = "--port", paramLabel = "PORT", description = "REST and gRPC port (default: ${DEFAULT-VALUE}).")
    private int port = 8080;

    @Option(names = "--detach", description = "Return when the system is ready, and leave it running; see fq down.")
    private boolean detach;

    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private LocalOptions local = new LocalOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    public UpCommand(Terminal terminal, Installation installation) {
        this.terminal = terminal;
        this.installation = installation;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        if (port < 1 || port > 65535) {
            throw Failure.use("--port " + port + ": give a number from 1 to 65535");
        }
        PolicyNames.check(local.policy());
        LocalSettings settings = local.settings(terminal, port, true);
        Path folder = data.path(terminal, installation);
        if (!DataFolder.isHeld(folder)) {
            LocalSystem.check(installation, settings);
        }
        if (detach) {
            List<String> arguments = spec.commandLine().getParseResult().originalArgs();
            return DetachedStart.start(terminal, installation, folder, data.down(), arguments);
        }
        try (DataFolder held = DataFolder.take(folder);
                LocalSystem system = LocalSystem.start(installation, settings, held.path(), terminal::say)) {
            system.awaitReady();
            system.awaitWorkers();
            terminal.print("Framequota runs at " + system.url() + " (" + settings.workers() + " workers, data in "
                    + folder + "); Ctrl-C stops it");
            // Waits for an interrupt.
            new CountDownLatch(1).await();
            return Failure.DONE;
        }
    }
}
