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
 * @param costs the same frames by kind, as far as their kind was known
 * @param crowds frames by the number of workers that were busy at once
 */
public record ModelProfile(
        String model, double coreSeconds, double frames, List<Width> widths, List<Cost> costs, List<Crowd> crowds) {
    public ModelProfile {
        widths = List.copyOf(widths);
        costs = List.copyOf(costs);
        crowds = List.copyOf(crowds);
    }

    /** Of whose company nothing is known. */
    public ModelProfile(String model, double coreSeconds, double frames, List<Width> widths, List<Cost> costs) {
        this(model, coreSeconds, frames, widths, costs, List.of());
    }

    /** Frames whose kind is not known. */
    public ModelProfile(String model, double coreSeconds, double frames, List<Width> widths) {
        this(model, coreSeconds, frames, widths, List.of());
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

    /**
     * Frames inferred while so many workers were busy at once, on average.
     *
     * @param coreSeconds that {@code frames} took
     * @param frames inferred in that time
     */
    public record Crowd(int workers, double coreSeconds, double frames) {}

    /**
     * Frames of one kind.
     *
     * @param coreSeconds that {@code frames} took
     * @param frames inferred in that time
     * @param squares of each chunk its frames times the square of its core-seconds a frame, summed: tells the spread
     */
    public record Cost(FrameKind kind, double coreSeconds, double frames, double squares) {}
}
