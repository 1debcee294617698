package io.framequota.cli.experiment;

import io.framequota.cli.terminal.Terminal;
import io.framequota.common.failure.Failure;
import io.framequota.lab.videos.SystemSettings;
import io.framequota.lab.videos.VideoSystem;
import io.framequota.local.DataFolder;
import io.framequota.local.Installation;
import io.framequota.local.LocalSettings;
import io.framequota.local.LocalSystem;
import io.framequota.local.RunFolders;
import io.framequota.local.RunningSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** A whole system on this machine with its own data folder, which is removed when the system is closed. */
final class LocalVideoSystem implements VideoSystem {
    private final Installation installation;
    private final Terminal terminal;
    private final DataFolder folder;
    private final LocalSystem system;

    private LocalVideoSystem(Installation installation, Terminal terminal, DataFolder folder, LocalSystem system) {
        this.installation = installation;
        this.terminal = terminal;
        this.folder = folder;
        this.system = system;
    }

    /** Starts a system and waits until it is ready. */
    static LocalVideoSystem start(Installation installation, Terminal terminal, SystemSettings settings)
            throws InterruptedException {
        DataFolder folder = RunFolders.take(installation);
        LocalSystem system = null;
        boolean ready = false;
        try {
            system = LocalSystem.start(installation, settings(settings, installation), folder.path(), terminal::say);
            system.awaitReady();
            system.awaitWorkers();
            ready = true;
            return new LocalVideoSystem(installation, terminal, folder, system);
        } catch (Failure e) {
            if (e.exitCode() == Failure.WORK_FAILED) {
                keepLogs(folder, installation, terminal);
            }
            throw e;
        } finally {
            if (!ready) {
                if (system != null) {
                    system.kill();
                }
                delete(folder, terminal);
            }
        }
    }

    /** The settings of {@code fq up}, with a free port. */
    static LocalSettings settings(SystemSettings system, Installation installation) {
        Path own = installation.ownModels();
        return new LocalSettings(
                system.workers(),
                system.cores(),
                system.budget(),
                null,
                system.repository().orElse(Files.isDirectory(own) ? own : null),
                null,
                0,
                false,
                system.limits(),
                null);
    }

    @Override
    public String url() {
        return system.url();
    }

    @Override
    public Used used() {
        double model = 0;
        double all = 0;
        for (RunningSystem.Member member : system.members()) {
            double cpu = cpuS(member.pid());
            all += cpu;
            model += member.name().startsWith("inference-server") ? cpu : 0;
        }
        return new Used(model, all);
    }

    private static double cpuS(long pid) {
        // The database is a process with children.
        return ProcessHandle.of(pid).stream()
                        .flatMap(p -> Stream.concat(Stream.of(p), p.descendants()))
                        .mapToLong(p -> p.info()
                                .totalCpuDuration()
                                .orElse(Duration.ZERO)
                                .toNanos())
                        .sum()
                / 1e9;
    }

    @Override
    public int restarts() {
        return system.members().stream()
                .mapToInt(RunningSystem.Member::restarts)
                .sum();
    }

    @Override
    public void keepLogs() {
        keepLogs(folder, installation, terminal);
    }

    private static void keepLogs(DataFolder folder, Installation installation, Terminal terminal) {
        try {
            terminal.say("the logs are kept in " + RunFolders.keepLogs(folder.path(), installation));
        } catch (IOException e) {
            terminal.say("the logs could not be kept: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        system.kill();
        delete(folder, terminal);
    }

    private static void delete(DataFolder folder, Terminal terminal) {
        try {
            folder.delete();
        } catch (IOException e) {
            terminal.say("could not remove " + folder.path() + ": " + e.getMessage());
        }
    }
}
