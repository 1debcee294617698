package io.framequota.scheduler.experiment.serving;

import io.framequota.scheduler.experiment.Measure;
import io.framequota.scheduler.experiment.Run;
import io.framequota.scheduler.experiment.Summaries;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** From served requests to a run. */
public final class Runs {
    /**
     * A run and what was expected of it.
     *
     * @param expected empty where theory says nothing
     * @param more what was measured beside the requests
     */
    public static Run of(
            long seed,
            List<Served> requests,
            Optional<Expected> expected,
            Map<Measure, Double> more,
            double otherCores) {
        List<Run.JobRun> jobs = requests.stream().map(Served::job).toList();
        Run.Summary summary = Summaries.of(jobs);
        Map<Measure, Double> measured = new EnumMap<>(Measure.class);
        measured.putAll(more);
        measured.put(
                Measure.SERVICE_S,
                requests.stream().mapToDouble(Served::serviceS).average().orElseThrow());
        measured.put(Measure.MAKESPAN_S, summary.makespanS());
        Map<Measure, Measure.Value> values = new EnumMap<>(Measure.class);
        measured.forEach((measure, value) -> values.put(
                measure,
                new Measure.Value(
                        value,
                        expected.map(Expected::measures)
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
                measured.getOrDefault(Measure.THROTTLED_S, 0.0),
                measured.getOrDefault(Measure.CPU_S, 0.0),
                otherCores,
                expected.map(e -> OptionalDouble.of(e.meanS())).orElse(OptionalDouble.empty()),
                0,
                values);
    }

    private Runs() {}
}
