package io.framequota.scheduler.experiment;

import io.framequota.scheduler.policy.ChosenPolicy;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * All runs of one policy under one actuator.
 *
 * @param variant of a swept experiment
 * @param policy with its parameters
 * @param actuator it ran under
 * @param runs at least one
 * @param yardstick the best that is known for this workload, where something is known
 */
public record PolicyResult(
        Optional<Experiment.Variant> variant,
        ChosenPolicy policy,
        Actuator actuator,
        List<Run> runs,
        Optional<Yardstick> yardstick) {
    /** Median over the runs of each run's mean response. */
    public double meanResponseS() {
        return median(r -> r.summary().meanS());
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
                ? OptionalDouble.of(meanResponseS() / predicted.getAsDouble() - 1)
                : OptionalDouble.empty();
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

    /** The policy's name with the parameters that were given, for people. */
    public String label() {
        String parameters = policy.parameters().entrySet().stream()
                .sorted(java.util.Map.Entry.comparingByKey())
                .map(e -> e.getKey() + " " + e.getValue())
                .collect(java.util.stream.Collectors.joining(", "));
        return parameters.isEmpty() ? policy.name() : policy.name() + " (" + parameters + ")";
    }
}
