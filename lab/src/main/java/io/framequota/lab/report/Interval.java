package io.framequota.lab.report;

import java.util.List;
import java.util.Optional;

/**
 * A 95 % confidence interval of the mean of independent runs, by Student's t distribution.
 *
 * @param mean of the runs
 * @param half of its width
 */
record Interval(double mean, double half) {
    /** Fewer runs say too little about their spread. */
    private static final int LEAST_RUNS = 3;

    /** 97.5th percentiles of Student's t distribution for 1 to 30 degrees of freedom. */
    private static final double[] T = {
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
        2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042
    };

    private static final double T_OF_MANY = 1.96;

    /** The interval, empty for fewer than three runs or runs that are all the same. */
    static Optional<Interval> of(List<Double> runs) {
        int n = runs.size();
        if (n < LEAST_RUNS) {
            return Optional.empty();
        }
        double mean = runs.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        double variance =
                runs.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum() / (n - 1);
        double half = (n - 1 <= T.length ? T[n - 2] : T_OF_MANY) * Math.sqrt(variance / n);
        return half > 0 ? Optional.of(new Interval(mean, half)) : Optional.empty();
    }

    double low() {
        return mean - half;
    }

    double high() {
        return mean + half;
    }
}
