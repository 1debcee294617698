package io.framequota.lab.report;

import io.framequota.lab.experiment.ContenderResult;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.ExperimentResult;
import io.framequota.lab.experiment.Run;
import io.framequota.lab.experiment.ServingMetric;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;

/**
 * {@code runs.csv}: one line for each run (RFC 4180). While the experiment runs, a line is added as soon as a run has ended;
 * {@link ReportFiles} replaces the file at the end, with the runs in the report's order. For one thread.
 */
public final class RunsCsv {
    static final String FILE = "runs.csv";

    private static final List<String> COLUMNS = List.of(
            "policy",
            "parameters",
            "variant",
            "actuator",
            "repeat",
            "seed",
            "mean_response_s",
            "predicted_mean_s",
            "p50_s",
            "p99_s",
            "max_s",
            "mean_slowdown",
            "makespan_s",
            "throttled_s",
            "cpu_s",
            "other_cores",
            "handover_ms",
            "refused");

    private final Path file;
    private List<ServingMetric> further = List.of();
    private boolean begun;

    /** The file of a folder, which must exist. The first run replaces a file that exists. */
    public RunsCsv(Path folder) {
        this.file = folder.resolve(FILE);
    }

    /**
     * Adds a run.
     *
     * @param one its contender with this run alone
     * @param repeat of the run, from 0
     */
    public void add(ContenderResult one, int repeat) throws IOException {
        Run run = one.runs().getFirst();
        String header = "";
        if (!begun) {
            further = further(run);
            header = header(further);
        }
        Files.writeString(
                file,
                header + row(one, repeat, run, further),
                StandardOpenOption.CREATE,
                begun ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
        begun = true;
    }

    /** The whole file of a result. */
    static String of(ExperimentResult result) {
        List<ServingMetric> further =
                further(result.policies().getFirst().runs().getFirst());
        StringBuilder csv = new StringBuilder(header(further));
        for (ContenderResult policy : result.policies()) {
            for (int i = 0; i < policy.runs().size(); i++) {
                csv.append(row(policy, i, policy.runs().get(i), further));
            }
        }
        return csv.toString();
    }

    /** The metrics that have columns of their own if the first run is like this one. */
    private static List<ServingMetric> further(Run first) {
        return Stream.of(ServingMetric.values())
                .filter(m -> !COLUMNS.contains(m.word()))
                .filter(first.measures()::containsKey)
                .toList();
    }

    private static String header(List<ServingMetric> further) {
        return line(Stream.concat(COLUMNS.stream(), further.stream().map(ServingMetric::word)));
    }

    private static String row(ContenderResult policy, int repeat, Run run, List<ServingMetric> further) {
        String parameters = policy.policy().parameters().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(e -> e.getKey() + "=" + e.getValue())
                .collect(Collectors.joining(";"));
        List<String> values = new ArrayList<>(List.of(
                policy.policy().name(),
                parameters,
                policy.variant().map(Experiment.Variant::value).orElse(""),
                policy.actuator().word(),
                Integer.toString(repeat + 1),
                Long.toString(run.seed()),
                number(run.summary().meanS()),
                run.predictedMeanS().stream().mapToObj(RunsCsv::number).collect(Collectors.joining()),
                number(run.summary().p50S()),
                number(run.summary().p99S()),
                number(run.summary().maxS()),
                number(run.summary().meanSlowdown()),
                number(run.summary().makespanS()),
                number(run.throttledS()),
                number(run.cpuS()),
                number(run.otherCores()),
                number(run.handoverMs()),
                Integer.toString(run.refused())));
        further.forEach(m -> values.add(number(ChartMetric.of(m).value().applyAsDouble(run))));
        return line(values.stream());
    }

    private static String line(Stream<String> values) {
        StringBuilder line = new StringBuilder();
        try {
            CSVFormat.RFC4180.printRecord(line, values.toArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return line.toString();
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.6f", value);
    }
}
