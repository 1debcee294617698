package io.framequota.cli.model;

import io.framequota.cli.terminal.Formatting;
import io.framequota.cli.terminal.Terminal;
import io.framequota.common.failure.Failure;
import io.framequota.common.text.FileNames;
import io.framequota.local.Installation;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fq model benchmark}. */
@Command(
        name = "benchmark",
        description =
                "Measure how many pictures a second a model takes from the embedded inference server, for each number of"
                        + " instances and each batch. Requests go through the server's port, one more than instances at a time.",
        footer = {
            "",
            "Each line takes S seconds, and each start some more. Batches above 1 need a model that takes them (fq model prepare"
                    + " --batch).",
            "",
            "Examples:",
            "  fq model benchmark yolox_nano",
            "  fq model benchmark yolox_nano --instances 1,2,4 --seconds 5"
        })
public final class BenchmarkCommand implements Callable<Integer> {
    private static final String NUMBERS = "[1-9]\\d{0,2}(,[1-9]\\d{0,2}){0,15}";
    private static final double MOST_SECONDS = 600;
    private final Terminal terminal;
    private final Installation installation;

    @Parameters(paramLabel = "NAME", description = "Model of the repository.")
    private String name = "";

    @Mixin
    private RepositoryOption repository = new RepositoryOption();

    @Option(names = "--seconds", paramLabel = "S", description = "Time for each line (default: ${DEFAULT-VALUE}).")
    private double seconds = 2;

    @Option(
            names = "--batch",
            paramLabel = "N,...",
            description =
                    "Pictures of a request; those that the model does not take are left out (default: ${DEFAULT-VALUE}).")
    private String batches = "1,2,4,8";

    @Option(
            names = "--instances",
            paramLabel = "N,...",
            description =
                    "Concurrent executions, unless the model's configuration sets them (default: 1 to the number of cores).")
    private @Nullable String instances;

    public BenchmarkCommand(Terminal terminal, Installation installation) {
        this.terminal = terminal;
        this.installation = installation;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!(seconds >= 0.1 && seconds <= MOST_SECONDS)) {
            throw Failure.use("--seconds " + seconds + ": give 0.1 to " + (int) MOST_SECONDS);
        }
        String cores = IntStream.rangeClosed(1, Runtime.getRuntime().availableProcessors())
                .filter(n ->
                        Integer.bitCount(n) == 1 || n == Runtime.getRuntime().availableProcessors())
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(","));
        String concurrent = instances == null ? cores : instances;
        numbers("--batch", batches);
        numbers("--instances", concurrent);
        Path entry = repository.entry(name, terminal, installation);
        FileNames.requireText(entry, name);
        Path output = Files.createTempFile("fq-benchmark-", ".tsv");
        try {
            int code = ModelProgram.run(
                    installation,
                    installation.root(),
                    Redirect.to(output.toFile()),
                    ModelProgram.BENCHMARK,
                    List.of(
                            entry.toAbsolutePath().toString(),
                            String.format(Locale.ROOT, "%f", seconds),
                            batches,
                            concurrent));
            if (code == Failure.DONE) {
                List<List<String>> rows = new ArrayList<>();
                rows.add(List.of("INSTANCES", "BATCH", "PICTURES/S", "P50 MS", "P95 MS"));
                Files.readAllLines(output).forEach(line -> rows.add(List.of(line.split("\t"))));
                terminal.print(Formatting.table(rows));
            }
            return code;
        } finally {
            Files.delete(output);
        }
    }

    private static void numbers(String option, String text) {
        if (!text.matches(NUMBERS)) {
            throw Failure.use(option + " " + text + ": give numbers from 1 to 999 with commas, as in 1,2,4");
        }
    }
}
