package io.framequota.scheduler.dispatch;

import java.util.List;

/**
 * Measurements on the jobs of one model: the cost of a frame, and the part of the granted cores that jobs could use.
 * All values are sums in which older measurements gradually lose weight.
 *
 * @param model name of the model
 * @param coreSeconds core-seconds that {@code frames} took; 0 before the first measured chunk
 * @param frames frames inferred in that time
 * @param widths utilization for each number of granted cores, narrowest first
 * @param costs the same frames by format, as far as their format was known
 * @param contention frames by the number of workers that were busy at the same time
 */
public record ModelProfile(
        String model,
        double coreSeconds,
        double frames,
        List<Width> widths,
        List<Cost> costs,
        List<Contention> contention) {
    public ModelProfile {
        widths = List.copyOf(widths);
        costs = List.copyOf(costs);
        contention = List.copyOf(contention);
    }

    /** A profile without contention. */
    public ModelProfile(String model, double coreSeconds, double frames, List<Width> widths, List<Cost> costs) {
        this(model, coreSeconds, frames, widths, costs, List.of());
    }

    /** A profile without contention and without costs by format. */
    public ModelProfile(String model, double coreSeconds, double frames, List<Width> widths) {
        this(model, coreSeconds, frames, widths, List.of());
    }

    /**
     * The utilization of jobs that were granted about the same number of cores. Values are summed over jobs.
     *
     * @param seconds time for which they were granted
     * @param given core-seconds that they were granted
     * @param used core-seconds for which they had chunks
     */
    public record Width(double seconds, double given, double used) {
        /** The mean number of granted cores. */
        public double cores() {
            return given / seconds;
        }

        /** The mean number of granted cores that they kept busy. */
        public double busy() {
            return Math.min(used, given) / seconds;
        }
    }

    /**
     * The cost of frames while so many workers were busy on average.
     *
     * @param workers number of busy workers
     * @param coreSeconds core-seconds that {@code frames} took
     * @param frames frames inferred in that time
     */
    public record Contention(int workers, double coreSeconds, double frames) {}

    /**
     * The cost of frames of one format.
     *
     * @param format the format of the frames
     * @param coreSeconds core-seconds that {@code frames} took
     * @param frames frames inferred in that time
     * @param squares sum over chunks of frames times (core-seconds per frame)²; gives the spread
     */
    public record Cost(FrameFormat format, double coreSeconds, double frames, double squares) {}
}
