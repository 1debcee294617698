package io.framequota.lab.experiment;

import io.framequota.scheduler.simulator.ForecastOutcome;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * All runs of one policy under one actuator, or of one way of serving.
 *
 * @param variant of a swept experiment
 * @param policy or way of serving, with its parameters
 * @param actuator it ran under
 * @param runs at least one
 * @param yardstick the best that is known for this workload, where something is known
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

    /** Forecasts of jobs when they came, and what came of them, all runs together; empty where nobody asked. */
    public List<ForecastOutcome> forecasts() {
        return runs.stream()
                .flatMap(r -> r.jobs().stream())
                .filter(j -> j.forecastS().isPresent())
                .map(j -> new ForecastOutcome(policy.name(), j.forecastS().getAsDouble(), j.responseS()))
                .filter(ForecastOutcome::isUsable)
                .toList();
    }

    /** How much longer than the yardstick, as a fraction of it; empty when there is none. */
    public OptionalDouble gap() {
        return yardstick
                .map(y -> OptionalDouble.of(meanResponseS() / y.meanS() - 1))
                .orElse(OptionalDouble.empty());
    }

    /** Median of what was predicted for the runs; empty when nothing predicts one of them. */
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

    /** Median over the runs of a value of each. */
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

    /** Median of what was predicted of a measure; empty when nothing predicts it in one of the runs. */
    public OptionalDouble predicted(ServingMetric measure) {
        boolean always = runs.stream()
                .map(r -> r.measures().get(measure))
                .allMatch(v -> v != null && v.predicted().isPresent());
        return always
                ? OptionalDouble.of(median(r -> value(r, measure).predicted().orElseThrow()))
                : OptionalDouble.empty();
    }

    /** Median of a measure; 0 where it was not taken. */
    public double measured(ServingMetric measure) {
        return median(r -> value(r, measure).measured());
    }

    private static ServingMetric.Value value(Run run, ServingMetric measure) {
        return run.measures().getOrDefault(measure, new ServingMetric.Value(0, OptionalDouble.empty()));
    }

    /** The policy's name with the parameters that were given and do not vary, for people. */
    public String label() {
        String swept = variant.map(Experiment.Variant::parameter).orElse("");
        return policy.label(swept);
    }
}
