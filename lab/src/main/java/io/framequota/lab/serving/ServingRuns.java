package io.framequota.lab.serving;

import io.framequota.lab.experiment.Run;
import io.framequota.lab.experiment.ServingMetric;
import io.framequota.lab.experiment.Summaries;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** Builds runs from served requests. */
public final class ServingRuns {
    /**
     * A run with its prediction.
     *
     * @param expected prediction; empty if none is known
     * @param more further measured metrics
     */
    public static Run of(
            long seed,
            List<ServedRequest> requests,
            Optional<ServingPrediction> expected,
            Map<ServingMetric, Double> more,
            double otherCores) {
        List<Run.JobRun> jobs = requests.stream().map(ServedRequest::job).toList();
        Run.Summary summary = Summaries.of(jobs);
        Map<ServingMetric, Double> measured = new EnumMap<>(ServingMetric.class);
        measured.putAll(more);
        measured.put(
                ServingMetric.SERVICE_S,
                requests.stream().mapToDouble(ServedRequest::serviceS).average().orElseThrow());
        measured.put(ServingMetric.MAKESPAN_S, summary.makespanS());
        Map<ServingMetric, ServingMetric.Value> values = new EnumMap<>(ServingMetric.class);
        measured.forEach((measure, value) -> values.put(
                measure,
                new ServingMetric.Value(
                        value,
                        expected.map(ServingPrediction::measures)
                                .filter(m -> m.containsKey(measure))
                                .map(m -> OptionalDouble.of(m.getOrDefault(measure, 0.0)))
                                .orElse(OptionalDouble.empty()))));
        return new Run(
                seed,
                summary,
                0,
                jobs,
                jobs.stream().map(Run.JobRun::responseS).sorted().toList(),
                List.of(),
                measured.getOrDefault(ServingMetric.THROTTLED_S, 0.0),
                measured.getOrDefault(ServingMetric.CPU_S, 0.0),
                otherCores,
                expected.map(e -> OptionalDouble.of(e.meanS())).orElse(OptionalDouble.empty()),
                0,
                values,
                Map.of());
    }

    private ServingRuns() {}
}
