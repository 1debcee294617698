package io.framequota.scheduler.policy;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Why a policy that chooses a width chose it.
 *
 * @param jobs requests that were there
 * @param sizesKnown whether the choice could go by size
 * @param profiled whether sizes are seconds; else no chunk of some request's model was measured yet, and lengths are compared
 *     by frames
 * @param chosen what it does
 * @param rejected the best of what it does not do; the same as {@code chosen} when there was no other
 * @param measured what the first of those requests was measured to use that cannot use everything, null when each can as
 *     far as is known; then the predictions take every core for used
 */
public record WidthExplanation(
        int jobs,
        boolean sizesKnown,
        boolean profiled,
        Option chosen,
        Option rejected,
        @Nullable UsableCores measured) {
    /**
     * One way to share the cores.
     *
     * @param atATime requests served side by side
     * @param coresEach cores of each
     * @param meanS mean response of the requests that are there, from now on, by the speedup and the estimates
     * @param load what arrives against what this way can serve; 1 and more when it cannot keep up
     */
    public record Option(int atATime, double coresEach, double meanS, double load) {
        /** From this load on the cost goes on along its tangent: what arrives is only estimated, and may be too much for all. */
        private static final double HIGH = 0.9;

        /** What is compared: a way that leaves less room makes those wait too who are still to come. */
        double cost() {
            double room = 1 - HIGH;
            return meanS * (load < HIGH ? 1 / (1 - load) : (1 + (load - HIGH) / room) / room);
        }

        private String words() {
            return atATime + " at a time on " + number(coresEach) + (coresEach == 1 ? " core" : " cores")
                    + (atATime == 1 ? "" : " each");
        }
    }

    /** The choice in words, one line. */
    public String words() {
        if (!sizesKnown) {
            return jobs + " requests of unknown length: " + chosen.words()
                    + ", so that no long one is in the way of another";
        }
        if (!profiled) {
            return jobs + (jobs == 1 ? " request: " : " requests: ") + chosen.words()
                    + ", shortest first; what a frame costs is not measured yet, so lengths are compared by frames";
        }
        String words = jobs + (jobs == 1 ? " request: " : " requests: ") + chosen.words()
                + ", shortest first, for a mean of " + number(chosen.meanS) + " s"
                + (chosen.load == 0 ? "" : " at a load of " + number(chosen.load));
        if (rejected.atATime() != chosen.atATime()) {
            words += "; " + rejected.words() + " would be " + number(rejected.meanS) + " s"
                    + (rejected.load == 0 ? "" : " at " + number(rejected.load));
        }
        UsableCores uptake = measured;
        return uptake == null
                ? words
                : words + "; measured: a request for " + uptake.model() + " keeps " + number(uptake.cores())
                        + (number(uptake.cores()).equals("1.00") ? " core" : " cores")
                        + " busy however many it has, so others get the rest";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3g", value);
    }
}
