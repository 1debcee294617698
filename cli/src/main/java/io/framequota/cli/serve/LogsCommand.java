package io.framequota.cli.serve;

import io.framequota.cli.terminal.Terminal;
import io.framequota.common.failure.Failure;
import io.framequota.local.Installation;
import io.framequota.local.process.LogFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fq logs}. */
@Command(
        name = "logs",
        description = "Print the last lines of the logs of a system, which may have stopped.",
        footer = {"", "Examples:", "  fq logs", "  fq logs scheduler --lines 500", "  fq logs inference-service"})
public final class LogsCommand implements Callable<Integer> {
    private static final String SUFFIX = ".log";
    private final Terminal terminal;
    private final Installation installation;

    @Parameters(
            paramLabel = "NAME",
            arity = "0..1",
            description = "Beginning of the names of the processes: ingest-service, scheduler, inference-service, ...")
    private String name = "";

    @Option(
            names = "--lines",
            paramLabel = "N",
            description = "Number of lines of each log (default: ${DEFAULT-VALUE}).")
    private int lines = 100;

    @Mixin
    private DataOption data = new DataOption();

    public LogsCommand(Terminal terminal, Installation installation) {
        this.terminal = terminal;
        this.installation = installation;
    }

    @Override
    public Integer call() throws IOException {
        Path folder = data.path(terminal, installation).resolve("logs");
        if (!Files.isDirectory(folder)) {
            throw Failure.use("there are no logs in " + folder + ": no system was started there");
        }
        List<Path> all;
        try (var files = Files.list(folder)) {
            all = files.filter(f -> f.toString().endsWith(SUFFIX)).sorted().toList();
        }
        List<Path> wanted =
                all.stream().filter(f -> process(f).startsWith(name)).toList();
        if (wanted.isEmpty()) {
            throw Failure.use("there is no log of " + name + "; there are logs of "
                    + String.join(", ", all.stream().map(LogsCommand::process).toList()));
        }
        for (Path log : wanted) {
            String prefix = wanted.size() == 1 ? "" : process(log) + " | ";
            LogFiles.tail(log, lines).forEach(l -> terminal.print(prefix + l));
        }
        return Failure.DONE;
    }

    private static String process(Path log) {
        String file = String.valueOf(log.getFileName());
        return file.substring(0, file.length() - SUFFIX.length());
    }
}
