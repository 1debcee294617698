package io.framequota.lab.report;

import io.framequota.lab.experiment.ContenderResult;
import io.framequota.lab.experiment.Run;
import io.framequota.lab.experiment.ServingMetric;
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
record ChartMetric(
        String title, String unit, ToDoubleFunction<Run> value, Function<ContenderResult, OptionalDouble> predicted) {
    static final ChartMetric RESPONSE =
            new ChartMetric("Mean response", "seconds", r -> r.summary().meanS(), ContenderResult::predictedMeanS);

    static ChartMetric of(ServingMetric measure) {
        return new ChartMetric(
                measure.title(),
                measure.unit(),
                r -> {
                    ServingMetric.Value value = r.measures().get(measure);
                    return value == null ? 0 : value.measured();
                },
                p -> p.predicted(measure));
    }

    /** A picture's name. */
    String words() {
        return title + ", " + unit;
    }

    double median(ContenderResult result) {
        return result.median(value);
    }
}
