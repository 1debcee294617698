package io.framequota.scheduler.dispatch;

import java.util.List;

/**
 * What was measured on jobs of one model: what a frame costs, and how much of what they were given they could use. Sums over
 * the latest chunks and the latest time; older ones count less and less.
 *
 * @param model its name
 * @param coreSeconds that {@code frames} took; 0 while no chunk was measured
 * @param frames inferred in that time
 * @param widths what was seen at each width, narrowest first
 */
public record Learnt(String model, double coreSeconds, double frames, List<Width> widths) {
    public Learnt {
        widths = List.copyOf(widths);
    }

    /**
     * Jobs that were given about the same number of cores. Times are summed over jobs.
     *
     * @param seconds for which they were
     * @param given core-seconds that they could have used
     * @param used core-seconds that they had chunks for
     */
    public record Width(double seconds, double given, double used) {
        /** Cores given, on average. */
        public double cores() {
            return given / seconds;
        }

        /** Cores of those that they kept busy. */
        public double busy() {
            return Math.min(used, given) / seconds;
        }
    }
}
