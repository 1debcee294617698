package io.framequota.scheduler.policy;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Why a policy serves so many requests side by side.
 *
 * @param jobs number of present requests
 * @param sizesKnown whether any request's size was known
 * @param profiled whether sizes are seconds; if not, no chunk of some request's model was measured yet, and lengths are
 *     compared in frames
 * @param chosen the selected width
 * @param rejected the second-best width; equal to {@code chosen} if there was only one
 * @param measured the usable cores of the first request that cannot use every core; null if every request can, as far
 *     as is known
 */
public record WidthExplanation(
        int jobs,
        boolean sizesKnown,
        boolean profiled,
        Option chosen,
        Option rejected,
        @Nullable UsableCores measured) {
    /**
     * One width.
     *
     * @param atATime requests served side by side
     * @param coresEach cores of each
     * @param meanS predicted mean response of the present requests in seconds from now
     * @param load arriving work divided by the work that this width can serve; at 1 or more it cannot keep up
     */
    public record Option(int atATime, double coresEach, double meanS, double load) {
        private String words() {
            return atATime + " at a time on " + number(coresEach) + (coresEach == 1 ? " core" : " cores")
                    + (atATime == 1 ? "" : " each");
        }
    }

    /** Describes the choice in one line. */
    public String words() {
        if (!sizesKnown) {
            return jobs + " requests of unknown length: " + chosen.words()
                    + ", so that no long request blocks a short one";
        }
        if (!profiled) {
            return jobs + (jobs == 1 ? " request: " : " requests: ") + chosen.words()
                    + ", shortest first; the cost of a frame is not measured yet, so lengths are compared in frames";
        }
        String words = jobs + (jobs == 1 ? " request: " : " requests: ") + chosen.words()
                + ", shortest first, for a mean of " + number(chosen.meanS) + " s"
                + (chosen.load == 0 ? "" : " at a load of " + number(chosen.load));
        if (rejected.atATime() != chosen.atATime()) {
            words += "; " + rejected.words() + " would be " + number(rejected.meanS) + " s"
                    + (rejected.load == 0 ? "" : " at " + number(rejected.load));
        }
        UsableCores usable = measured;
        return usable == null
                ? words
                : words + "; measured: a request for " + usable.model() + " keeps " + number(usable.cores())
                        + (number(usable.cores()).equals("1.00") ? " core" : " cores")
                        + " busy however many it gets, so other requests get the rest";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3g", value);
    }
}
