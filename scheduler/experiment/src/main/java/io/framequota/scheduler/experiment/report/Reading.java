package io.framequota.scheduler.experiment.report;

import io.framequota.scheduler.experiment.Measure;
import io.framequota.scheduler.experiment.PolicyResult;
import io.framequota.scheduler.experiment.Run;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * What a picture shows of each result.
 *
 * @param title as a headline
 * @param unit of its axis
 * @param value of a run
 * @param predicted for a result, where something predicts it
 */
record Reading(
        String title, String unit, ToDoubleFunction<Run> value, Function<PolicyResult, OptionalDouble> predicted) {
    static final Reading RESPONSE =
            new Reading("Mean response", "seconds", r -> r.summary().meanS(), PolicyResult::predictedMeanS);

    static Reading of(Measure measure) {
        return new Reading(
                measure.title(),
                measure.unit(),
                r -> {
                    Measure.Value value = r.measures().get(measure);
                    return value == null ? 0 : value.measured();
                },
                p -> p.predicted(measure));
    }

    /** A picture's name. */
    String words() {
        return title + ", " + unit;
    }

    double median(PolicyResult result) {
        return result.median(value);
    }
}
