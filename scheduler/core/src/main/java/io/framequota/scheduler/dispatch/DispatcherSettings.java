package io.framequota.scheduler.dispatch;

import java.time.Duration;

/**
 * Limits and timeouts of the dispatcher. Times are in microseconds.
 *
 * @param budgetCap the most millicores that workers may use together; {@link #UNCAPPED} if only their cores limit them
 * @param vanishedAfterUs a worker without any report for so long counts as gone
 * @param resendAfterUs time after which a command is sent again if heartbeats do not confirm it
 * @param lostAfterUs time after which a grant is taken back if its worker's heartbeats do not show it
 * @param attempts number of failed attempts of one chunk after which its job fails
 * @param backoffUs how long a chunk rests after its first failure; the time doubles with each further failure
 * @param resultLateUs time after which the authority is asked for a result that its worker sent and the authority has
 *     not committed; if it is still missing after the same time again, the chunk runs again
 * @param modelMissingUs a job fails if workers were ready for so long and none of them had its model
 * @param streams how live streams are reserved for
 */
public record DispatcherSettings(
        double budgetCap,
        long vanishedAfterUs,
        long resendAfterUs,
        long lostAfterUs,
        int attempts,
        long backoffUs,
        long resultLateUs,
        long modelMissingUs,
        StreamRules streams) {
    /**
     * After so many deaths of its worker's process a chunk is condemned, and a stream's job fails; after twice as many a
     * condemned chunk's job fails. A job also fails with so many condemned chunks.
     */
    public static final int DEATHS = 3;

    /** The error in the lines of a condemned chunk's frames. */
    public static final String CONDEMNED = "not inferred: workers died " + DEATHS
            + " times while they worked on this part of the source; convert the source to another format, or use"
            + " another model";

    /** The {@link #budgetCap()} if none is configured. */
    public static final double UNCAPPED = Double.POSITIVE_INFINITY;

    public DispatcherSettings {
        if (!(budgetCap > 0)) {
            throw new IllegalArgumentException("the budget must be above 0 millicores, not " + budgetCap);
        }
    }

    /** The production settings with this budget cap. */
    public static DispatcherSettings capped(double budgetCap) {
        return new DispatcherSettings(
                budgetCap,
                micros(Duration.ofSeconds(2)),
                micros(Duration.ofMillis(700)),
                micros(Duration.ofSeconds(8)),
                3,
                // Longer than a heartbeat, so that a worker whose inference server died has reported that it is not
                // ready.
                micros(Duration.ofSeconds(1)),
                // Longer than the authority's database takes to recover from a crash.
                micros(Duration.ofSeconds(15)),
                // Longer than a rollout takes until its first worker with the model is ready.
                micros(Duration.ofMinutes(2)),
                StreamRules.PRODUCTION);
    }

    /** The settings of a simulation, in which the costs of streams are exact and every worker is there from the start. */
    public static DispatcherSettings simulated(double budgetCap) {
        DispatcherSettings real = capped(budgetCap);
        return new DispatcherSettings(
                budgetCap,
                real.vanishedAfterUs,
                real.resendAfterUs,
                real.lostAfterUs,
                real.attempts,
                real.backoffUs,
                real.resultLateUs,
                real.modelMissingUs,
                StreamRules.EXACT);
    }

    /** The same settings with another time until a job without its model fails. */
    public DispatcherSettings modelMissingAfter(Duration wait) {
        return new DispatcherSettings(
                budgetCap,
                vanishedAfterUs,
                resendAfterUs,
                lostAfterUs,
                attempts,
                backoffUs,
                resultLateUs,
                micros(wait),
                streams);
    }

    /** Why a job fails without a worker that has its model: one line for people. */
    String modelMissing(String model) {
        return "no worker has the model " + model + " (for " + modelMissingUs / 1_000_000
                + " s); start one that has it and redrive the job";
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1000;
    }
}
