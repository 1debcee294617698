package io.framequota.cli.experiment;

import io.framequota.cli.terminal.Formatting;
import io.framequota.cli.terminal.Terminal;
import io.framequota.common.failure.Failure;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.InvalidExperimentException;
import io.framequota.lab.file.ExperimentFile;
import io.framequota.local.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/** {@code fq experiment list}. */
@Command(
        name = "list",
        description = "List the experiments that come with Framequota.",
        footer = {"", "Examples:", "  fq experiment list"})
public final class ListCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Installation installation;

    public ListCommand(Terminal terminal, Installation installation) {
        this.terminal = terminal;
        this.installation = installation;
    }

    @Override
    public Integer call() throws IOException {
        Path folder = installation.root().resolve("experiments");
        if (!Files.isDirectory(folder)) {
            throw Failure.missing("there is no folder " + folder + ": it comes with the sources");
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("EXPERIMENT", "WHAT IT ASKS"));
        for (Path file : files(folder)) {
            String name = "experiments/" + file.getFileName();
            rows.add(List.of(name, about(file, name)));
        }
        terminal.print(Formatting.table(rows));
        return Failure.DONE;
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(p -> p.toString().endsWith(".yaml")).sorted().toList();
        }
    }

    private static String about(Path file, String name) throws IOException {
        try {
            Experiment experiment = new ExperimentFile(file, name).read().getFirst();
            return experiment.description();
        } catch (InvalidExperimentException e) {
            return "not readable: " + e.line();
        }
    }
}
