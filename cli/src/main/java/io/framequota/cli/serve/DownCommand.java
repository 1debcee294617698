package io.framequota.cli.serve;

import io.framequota.cli.terminal.Terminal;
import io.framequota.common.failure.Failure;
import io.framequota.local.DataFolder;
import io.framequota.local.Installation;
import io.framequota.local.RunningSystem;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code fq down}. */
@Command(
        name = "down",
        description = "Stop the system that fq up runs on a data folder. The data is kept.",
        footer = {"", "Examples:", "  fq down", "  fq down --data /srv/framequota"})
public final class DownCommand implements Callable<Integer> {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private final Terminal terminal;
    private final Installation installation;

    @Mixin
    private DataOption data = new DataOption();

    public DownCommand(Terminal terminal, Installation installation) {
        this.terminal = terminal;
        this.installation = installation;
    }

    @Override
    public Integer call() throws InterruptedException {
        Path folder = data.path(terminal, installation);
        Optional<RunningSystem> system = RunningSystem.on(folder);
        if (system.isEmpty()) {
            terminal.say("nothing runs on " + folder);
            return Failure.DONE;
        }
        ProcessHandle.of(system.get().pid()).ifPresent(ProcessHandle::destroy);
        long end = System.nanoTime() + LIMIT.toNanos();
        while (DataFolder.isHeld(folder)) {
            if (System.nanoTime() > end) {
                throw Failure.work("the system on " + folder + " (process "
                        + system.get().pid() + ") did not stop within " + LIMIT.toSeconds() + " s");
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        terminal.say("stopped the system on " + folder);
        return Failure.DONE;
    }
}
