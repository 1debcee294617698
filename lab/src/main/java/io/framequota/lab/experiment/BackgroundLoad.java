package io.framequota.lab.experiment;

import java.util.List;
import java.util.Locale;

/**
 * What the machine did beside an experiment.
 *
 * @param cores that other processes used, in the run in which they used most
 */
public record BackgroundLoad(double cores) {
    /** From here on it is worth a notice. */
    private static final double NOISY_CORES = 0.3;

    /** Beside all runs of these results. */
    public static BackgroundLoad beside(List<ContenderResult> results) {
        return new BackgroundLoad(
                results.stream().mapToDouble(r -> r.most(Run::otherCores)).max().orElse(0));
    }

    /** Whether it may have made times longer. */
    public boolean noisy() {
        return cores > NOISY_CORES;
    }

    /** As a report says it. */
    public String words() {
        return String.format(Locale.ROOT, "at most %.2f cores in a run", cores);
    }
}
