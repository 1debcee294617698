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
 * What became of the latest forecasts, {@link #MOST} at most, the oldest forgotten first. From them follows how far to trust
 * the next ones: the interval that held 80 % of the responses so far (split conformal prediction: Papadopoulos et al. 2002).
 * Safe for use by several threads.
 */
public final class ForecastHistory {
    static final int MOST = 1_000;

    /** Response / forecast as assumed before anything ended; each outcome under a policy takes the place of one. */
    private static final double[] ASSUMED = {0.75, 0.85, 0.92, 0.96, 1.0, 1.0, 1.05, 1.12, 1.25, 1.5};

    private static final int LATEST = 200;

    private final Deque<ForecastOutcome> outcomes = new ArrayDeque<>();

    /** Keeps an outcome. */
    public synchronized void add(ForecastOutcome outcome) {
        if (outcome.isUsable()) {
            outcomes.addLast(outcome);
            if (outcomes.size() > MOST) {
                outcomes.removeFirst();
            }
        }
    }

    /** Takes over what an earlier leader's forecasts came to, oldest first, in place of what is here. */
    public synchronized void recall(List<ForecastOutcome> earlier) {
        outcomes.clear();
        earlier.forEach(this::add);
    }

    /** Of all policies together. */
    public synchronized ForecastAccuracy accuracy() {
        return ForecastAccuracy.of(outcomes);
    }

    /** By policy, in order of name. */
    public synchronized Map<String, ForecastAccuracy> byPolicy() {
        Map<String, List<ForecastOutcome>> sorted = outcomes.stream()
                .collect(Collectors.groupingBy(ForecastOutcome::policy, TreeMap::new, Collectors.toList()));
        Map<String, ForecastAccuracy> accuracies = new TreeMap<>();
        sorted.forEach((policy, all) -> accuracies.put(policy, ForecastAccuracy.of(all)));
        return accuracies;
    }

    /** Factors from a forecast to what 10 % and 90 % of the responses stay below. */
    record Spread(double low, double high) {}

    /** Of forecasts under a policy. */
    synchronized Spread spread(String policy) {
        double[] seen = outcomes.stream()
                .filter(o -> o.policy().equals(policy))
                .mapToDouble(o -> o.responseS() / o.forecastS())
                .toArray();
        double[] latest = Arrays.copyOfRange(seen, Math.max(0, seen.length - LATEST), seen.length);
        // The middle ones go first: what may go wrong is assumed until much was seen.
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
