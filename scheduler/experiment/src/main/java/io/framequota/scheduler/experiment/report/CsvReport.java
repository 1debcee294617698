package io.framequota.scheduler.experiment.report;

import io.framequota.scheduler.experiment.Experiment;
import io.framequota.scheduler.experiment.Measure;
import io.framequota.scheduler.experiment.PolicyResult;
import io.framequota.scheduler.experiment.Result;
import io.framequota.scheduler.experiment.Run;
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
    private static final List<Measure> FURTHER = Stream.of(Measure.values())
            .filter(m -> !HEADER.contains("," + m.word() + ","))
            .toList();

    static String of(Result result) {
        List<Measure> further = FURTHER.stream()
                .filter(m -> result.policies()
                        .getFirst()
                        .runs()
                        .getFirst()
                        .measures()
                        .containsKey(m))
                .toList();
        StringBuilder csv = new StringBuilder(HEADER);
        further.forEach(m -> csv.append(',').append(m.word()));
        csv.append("\r\n");
        for (PolicyResult policy : result.policies()) {
            for (int i = 0; i < policy.runs().size(); i++) {
                Run run = policy.runs().get(i);
                csv.append(line(policy, i, run));
                further.forEach(
                        m -> csv.append(',').append(number(Reading.of(m).value().applyAsDouble(run))));
                csv.append("\r\n");
            }
        }
        return csv.toString();
    }

    private static String line(PolicyResult policy, int repeat, Run run) {
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
