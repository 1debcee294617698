package io.framequota.lab.report;

import io.framequota.lab.experiment.ContenderResult;
import io.framequota.lab.experiment.Run;
import io.framequota.lab.experiment.ServingMetric;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * A metric that a chart shows.
 *
 * @param title as a headline
 * @param unit of its axis
 * @param value of a run
 * @param predicted for a result, empty if there is no prediction
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

    /** The title of a chart. */
    String words() {
        return title + ", " + unit;
    }

    double median(ContenderResult result) {
        return result.median(value);
    }
}
