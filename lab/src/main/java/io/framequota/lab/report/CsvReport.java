package io.framequota.lab.report;

import io.framequota.lab.experiment.ContenderResult;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.ExperimentResult;
import io.framequota.lab.experiment.Run;
import io.framequota.lab.experiment.ServingMetric;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One line per run, for spreadsheets (RFC 4180). */
final class CsvReport {
    private static final String HEADER =
            "policy,parameters,variant,actuator,repeat,seed,mean_response_s,predicted_mean_s,p50_s,p99_s,max_s,"
                    + "mean_slowdown,makespan_s,throttled_s,cpu_s,other_cores,handover_ms,refused";
    /** The measures that have no column above. */
    private static final List<ServingMetric> FURTHER = Stream.of(ServingMetric.values())
            .filter(m -> !HEADER.contains("," + m.word() + ","))
            .toList();

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

    /** What has columns of its own where the first run is like this. */
    static List<ServingMetric> further(Run first) {
        return FURTHER.stream().filter(first.measures()::containsKey).toList();
    }

    /** The first line. */
    static String header(List<ServingMetric> further) {
        return HEADER + further.stream().map(m -> "," + m.word()).collect(Collectors.joining()) + "\r\n";
    }

    /** The line of a run. */
    static String row(ContenderResult policy, int repeat, Run run, List<ServingMetric> further) {
        return line(policy, repeat, run)
                + further.stream()
                        .map(m -> "," + number(ChartMetric.of(m).value().applyAsDouble(run)))
                        .collect(Collectors.joining())
                + "\r\n";
    }

    private static String line(ContenderResult policy, int repeat, Run run) {
        String parameters = policy.policy().parameters().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(e -> e.getKey() + "=" + e.getValue())
                .collect(Collectors.joining(";"));
        OptionalDouble predicted = run.predictedMeanS();
        return String.join(
                ",",
                policy.policy().name(),
                quoted(parameters),
                quoted(policy.variant().map(Experiment.Variant::value).orElse("")),
                policy.actuator().word(),
                Integer.toString(repeat + 1),
                Long.toString(run.seed()),
                number(run.summary().meanS()),
                predicted.isPresent() ? number(predicted.getAsDouble()) : "",
                number(run.summary().p50S()),
                number(run.summary().p99S()),
                number(run.summary().maxS()),
                number(run.summary().meanSlowdown()),
                number(run.summary().makespanS()),
                number(run.throttledS()),
                number(run.cpuS()),
                number(run.otherCores()),
                number(run.handoverMs()),
                Integer.toString(run.refused()));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.6f", value);
    }

    private static String quoted(String text) {
        return text.matches("[^,\"\r\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }

    private CsvReport() {}
}
