package io.framequota.scheduler.controller.forecast;

import io.framequota.scheduler.simulator.ForecastAccuracy;
import io.framequota.scheduler.simulator.ForecastOutcome;
import io.framequota.scheduler.simulator.Quantiles;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/**
 * The outcomes of the latest forecasts, at most {@link #MOST}. They give the prediction interval of the next ones: the one that
 * contained 80 % of the responses so far (split conformal prediction: Papadopoulos et al. 2002). Thread-safe.
 */
public final class ForecastHistory {
    static final int MOST = 1_000;

    /** Assumed ratios of response to forecast before any job has ended; each outcome under a policy replaces one. */
    private static final double[] ASSUMED = {0.75, 0.85, 0.92, 0.96, 1.0, 1.0, 1.05, 1.12, 1.25, 1.5};

    private static final int LATEST = 200;

    private final Deque<ForecastOutcome> outcomes = new ArrayDeque<>();

    public synchronized void add(ForecastOutcome outcome) {
        if (outcome.isUsable()) {
            outcomes.addLast(outcome);
            if (outcomes.size() > MOST) {
                outcomes.removeFirst();
            }
        }
    }

    /** Replaces all outcomes by those of earlier leaders, oldest first. */
    public synchronized void replaceAll(List<ForecastOutcome> earlier) {
        outcomes.clear();
        earlier.forEach(this::add);
    }

    /** Over all policies. */
    public synchronized ForecastAccuracy accuracy() {
        return ForecastAccuracy.of(outcomes);
    }

    /** By policy name, sorted. */
    public synchronized Map<String, ForecastAccuracy> byPolicy() {
        Map<String, List<ForecastOutcome>> sorted = outcomes.stream()
                .collect(Collectors.groupingBy(ForecastOutcome::policy, TreeMap::new, Collectors.toList()));
        Map<String, ForecastAccuracy> accuracies = new TreeMap<>();
        sorted.forEach((policy, all) -> accuracies.put(policy, ForecastAccuracy.of(all)));
        return accuracies;
    }

    /** Factors from a forecast to the 10th and 90th percentiles of the responses. */
    record Spread(double low, double high) {}

    /** Of the forecasts under one policy. */
    synchronized Spread spread(String policy) {
        double[] seen = outcomes.stream()
                .filter(o -> o.policy().equals(policy))
                .mapToDouble(o -> o.responseS() / o.forecastS())
                .toArray();
        double[] latest = Arrays.copyOfRange(seen, Math.max(0, seen.length - LATEST), seen.length);
        // Outcomes replace the middle ratios first, so that the extremes stay assumed until there are many outcomes.
        double[] assumed = latest.length >= ASSUMED.length
                ? new double[0]
                : DoubleStream.concat(
                                Arrays.stream(ASSUMED, 0, (ASSUMED.length - latest.length + 1) / 2),
                                Arrays.stream(
                                        ASSUMED, ASSUMED.length - (ASSUMED.length - latest.length) / 2, ASSUMED.length))
                        .toArray();
        double[] all = DoubleStream.concat(Arrays.stream(latest), Arrays.stream(assumed))
                .sorted()
                .toArray();
        return new Spread(Math.min(1, Quantiles.of(all, 0.1)), Math.max(1, Quantiles.of(all, 0.9)));
    }
}
