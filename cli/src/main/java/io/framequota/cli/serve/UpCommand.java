package io.framequota.cli.serve;

import io.framequota.cli.options.LocalOptions;
import io.framequota.cli.policy.PolicyNames;
import io.framequota.cli.terminal.Terminal;
import io.framequota.common.failure.Failure;
import io.framequota.local.DataFolder;
import io.framequota.local.Installation;
import io.framequota.local.LocalSettings;
import io.framequota.local.LocalSystem;
import io.framequota.local.process.FreePorts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
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
    /** The port of RTMP. */
    private static final int RTMP = 1935;

    private final Terminal terminal;
    private final Installation installation;

    @Option(names = "--port", paramLabel = "PORT", description = "REST and gRPC port (default: ${DEFAULT-VALUE}).")
    private int port = 8080;

    @Option(
            names = "--rtmp-port",
            paramLabel = "PORT",
            description = "Port of 127.0.0.1 to which streams are pushed over RTMP, see fq live; 0 for none (default: "
                    + RTMP + " if it is free).")
    private @Nullable Integer rtmpPort;

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

    /** @param held whether a system runs on the data already, so that there is nothing to start */
    private int rtmp(boolean held) {
        Integer wanted = rtmpPort;
        if (wanted != null) {
            if (wanted < 0 || wanted > 65535) {
                throw Failure.use("--rtmp-port " + wanted + ": give a number from 0 to 65535");
            }
            return wanted;
        }
        if (!held && FreePorts.isFree(RTMP)) {
            return RTMP;
        }
        if (!held) {
            terminal.say(
                    "port " + RTMP + " of 127.0.0.1 is in use, so no streams can be pushed here; choose another with"
                            + " --rtmp-port");
        }
        return 0;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        if (port < 1 || port > 65535) {
            throw Failure.use("--port " + port + ": give a number from 1 to 65535");
        }
        PolicyNames.check(local.policy());
        Path folder = data.path(terminal, installation);
        LocalSettings settings = local.settings(terminal, installation.ownModels(), port, true)
                .withRtmpPort(rtmp(DataFolder.isHeld(folder)));
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
            if (settings.rtmpPort() > 0) {
                terminal.say("streams are pushed to rtmp://127.0.0.1:" + settings.rtmpPort()
                        + "/live/KEY: fq live listen:KEY");
            }
            // Waits for an interrupt.
            new CountDownLatch(1).await();
            return Failure.DONE;
        }
    }
}
