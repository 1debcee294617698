package io.framequota.lab.experiment;

import java.util.Comparator;
import java.util.List;

/** Summarises response times. */
public final class Summaries {
    /** The summary of at least one job. */
    public static Run.Summary of(List<Run.JobRun> jobs) {
        double[] sorted =
                jobs.stream().mapToDouble(Run.JobRun::responseS).sorted().toArray();
        double mean = java.util.Arrays.stream(sorted).average().orElseThrow();
        double slowdown = jobs.stream()
                .mapToDouble(j -> j.responseS() / j.sizeS())
                .average()
                .orElseThrow();
        double first = jobs.stream().mapToDouble(Run.JobRun::arrivalS).min().orElseThrow();
        double last = jobs.stream()
                .max(Comparator.comparingDouble(Run.JobRun::endS))
                .orElseThrow()
                .endS();
        return new Run.Summary(
                mean, quantile(sorted, 0.5), quantile(sorted, 0.99), sorted[sorted.length - 1], slowdown, last - first);
    }

    /** The smallest value that at least the fraction {@code q} of all values do not exceed. */
    public static double quantile(double[] sorted, double q) {
        int index = (int) Math.ceil(q * sorted.length) - 1;
        return sorted[Math.max(0, Math.min(sorted.length - 1, index))];
    }

    private Summaries() {}
}
