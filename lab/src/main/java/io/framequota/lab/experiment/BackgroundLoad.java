package io.framequota.lab.experiment;

import java.util.List;
import java.util.Locale;

/**
 * Work of other processes while an experiment ran.
 *
 * @param cores used by other processes in the run in which they used most
 */
public record BackgroundLoad(double cores) {
    /** A load above this gets a notice in the report. */
    private static final double NOISY_CORES = 0.3;

    /** The load during all runs of these results. */
    public static BackgroundLoad beside(List<ContenderResult> results) {
        return new BackgroundLoad(
                results.stream().mapToDouble(r -> r.most(Run::otherCores)).max().orElse(0));
    }

    /** Whether the load may have made response times longer. */
    public boolean noisy() {
        return cores > NOISY_CORES;
    }

    /** The load in words, for the report. */
    public String words() {
        return String.format(Locale.ROOT, "at most %.2f cores in a run", cores);
    }
}
