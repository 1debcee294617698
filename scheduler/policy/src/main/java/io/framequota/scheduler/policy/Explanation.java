package io.framequota.scheduler.policy;

import java.util.Locale;

/**
 * Why a policy that chooses a width chose it.
 *
 * @param jobs requests that were there
 * @param sizesKnown whether the choice could go by size
 * @param chosen what it does
 * @param rejected the best of what it does not do; the same as {@code chosen} when there was no other
 */
public record Explanation(int jobs, boolean sizesKnown, Option chosen, Option rejected) {
    /**
     * One way to share the cores.
     *
     * @param atATime requests served side by side
     * @param coresEach cores of each
     * @param meanS mean response of the requests that are there, from now on, by the speedup and the estimates
     */
    public record Option(int atATime, double coresEach, double meanS) {
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
        String words = jobs + (jobs == 1 ? " request: " : " requests: ") + chosen.words()
                + ", shortest first, for a mean of " + number(chosen.meanS) + " s";
        return rejected.atATime() == chosen.atATime()
                ? words
                : words + "; " + rejected.words() + " would be " + number(rejected.meanS) + " s";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3g", value);
    }
}
