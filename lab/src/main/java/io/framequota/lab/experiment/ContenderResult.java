package io.framequota.lab.experiment;

import io.framequota.scheduler.simulator.ForecastOutcome;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * All runs of one policy under one actuator, or of one serving mode.
 *
 * @param variant of a swept experiment
 * @param policy or way of serving, with its parameters
 * @param actuator it ran under
 * @param runs at least one
 * @param yardstick the lowest mean response that is known for this workload; empty if unknown
 */
public record ContenderResult(
        Optional<Experiment.Variant> variant,
        Contender policy,
        ActuatorKind actuator,
        List<Run> runs,
        Optional<Yardstick> yardstick) {
    /** Median over the runs of each run's mean response. */
    public double meanResponseS() {
        return median(r -> r.summary().meanS());
    }

    /** Forecasts of all runs with the measured responses; empty if nothing was forecast. */
    public List<ForecastOutcome> forecasts() {
        return runs.stream()
                .flatMap(r -> r.jobs().stream())
                .flatMap(j -> j.forecast().stream()
                        .map(f -> new ForecastOutcome(policy.name(), f.responseS(), j.responseS())))
                .filter(ForecastOutcome::isUsable)
                .toList();
    }

    /** Fraction of the jobs with a forecast range whose response lies in it; empty without ranges. */
    public OptionalDouble withinForecastRange() {
        return runs.stream()
                .flatMap(r -> r.jobs().stream())
                .flatMap(j ->
                        j.forecast().flatMap(Run.Forecast::range).stream().map(range -> range.contains(j.responseS())))
                .mapToInt(inside -> inside ? 1 : 0)
                .average();
    }

    /** Mean response above the yardstick, as a fraction of the yardstick; empty without one. */
    public OptionalDouble gap() {
        return yardstick
                .map(y -> OptionalDouble.of(meanResponseS() / y.meanS() - 1))
                .orElse(OptionalDouble.empty());
    }

    /** Median of the runs' predictions; empty if one run has none. */
    public OptionalDouble predictedMeanS() {
        return runs.stream().allMatch(r -> r.predictedMeanS().isPresent())
                ? OptionalDouble.of(median(r -> r.predictedMeanS().orElseThrow()))
                : OptionalDouble.empty();
    }

    /** (measured - predicted) / predicted. */
    public OptionalDouble deviation() {
        OptionalDouble predicted = predictedMeanS();
        return predicted.isPresent()
                ? OptionalDouble.of(off(meanResponseS(), predicted.getAsDouble()))
                : OptionalDouble.empty();
    }

    /** (measured - predicted) / predicted; 0 where both are 0. */
    public static double off(double measured, double predicted) {
        return measured == predicted ? 0 : measured / predicted - 1;
    }

    /** Median of a value over the runs. */
    public double median(ToDoubleFunction<Run> value) {
        double[] sorted = runs.stream().mapToDouble(value).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** Smallest value over the runs. */
    public double least(ToDoubleFunction<Run> value) {
        return runs.stream().mapToDouble(value).min().orElseThrow();
    }

    /** Largest value over the runs. */
    public double most(ToDoubleFunction<Run> value) {
        return runs.stream().mapToDouble(value).max().orElseThrow();
    }

    /** Median of a metric's predictions; empty if one run has none. */
    public OptionalDouble predicted(ServingMetric measure) {
        boolean always = runs.stream()
                .map(r -> r.measures().get(measure))
                .allMatch(v -> v != null && v.predicted().isPresent());
        return always
                ? OptionalDouble.of(median(r -> value(r, measure).predicted().orElseThrow()))
                : OptionalDouble.empty();
    }

    /** Median of a metric; 0 in runs without it. */
    public double measured(ServingMetric measure) {
        return median(r -> value(r, measure).measured());
    }

    private static ServingMetric.Value value(Run run, ServingMetric measure) {
        return run.measures().getOrDefault(measure, new ServingMetric.Value(0, OptionalDouble.empty()));
    }

    /** The name with the parameters that are given and not swept, for people. */
    public String label() {
        String swept = variant.map(Experiment.Variant::parameter).orElse("");
        return policy.label(swept);
    }
}
