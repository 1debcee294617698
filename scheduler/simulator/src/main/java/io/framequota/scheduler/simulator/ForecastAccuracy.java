package io.framequota.scheduler.simulator;

import java.util.Collection;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The accuracy of first forecasts. Errors are relative to the response. Without jobs, all values are null.
 *
 * @param jobs number of compared jobs
 * @param medianError median of the absolute errors
 * @param p90Error 90th percentile of the absolute errors
 * @param p99Error 99th percentile of the absolute errors
 * @param bias mean of the signed errors: above 0 if forecasts are too long
 * @param correlation Pearson's correlation of forecasts and responses; also null if one of the two does not vary
 */
public record ForecastAccuracy(
        int jobs,
        @Nullable Double medianError,
        @Nullable Double p90Error,
        @Nullable Double p99Error,
        @Nullable Double bias,
        @Nullable Double correlation) {

    /** Computes the accuracy. */
    public static ForecastAccuracy of(Collection<ForecastOutcome> outcomes) {
        if (outcomes.isEmpty()) {
            return new ForecastAccuracy(0, null, null, null, null, null);
        }
        List<ForecastOutcome> all = List.copyOf(outcomes);
        double[] sizes =
                all.stream().mapToDouble(o -> Math.abs(o.error())).sorted().toArray();
        return new ForecastAccuracy(
                all.size(),
                Quantiles.of(sizes, 0.5),
                Quantiles.of(sizes, 0.9),
                Quantiles.of(sizes, 0.99),
                mean(all, ForecastOutcome::error),
                correlation(all));
    }

    private static @Nullable Double correlation(List<ForecastOutcome> all) {
        double f = mean(all, ForecastOutcome::forecastS);
        double r = mean(all, ForecastOutcome::responseS);
        double together = mean(all, o -> (o.forecastS() - f) * (o.responseS() - r));
        double spread = Math.sqrt(mean(all, o -> Math.pow(o.forecastS() - f, 2))
                * mean(all, o -> Math.pow(o.responseS() - r, 2)));
        return spread > 1e-12 ? together / spread : null;
    }

    private static double mean(List<ForecastOutcome> all, ToDoubleFunction<ForecastOutcome> value) {
        return all.stream().mapToDouble(value).average().orElseThrow();
    }
}
