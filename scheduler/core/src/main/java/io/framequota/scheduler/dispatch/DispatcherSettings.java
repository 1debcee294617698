package io.framequota.scheduler.dispatch;

import java.time.Duration;

/**
 * Limits of the dispatcher.
 *
 * @param budgetCap the most millicores that workers may use together; {@link #UNCAPPED} when only they limit it
 * @param vanishedAfterUs a worker that said nothing for so long is gone
 * @param resendAfterUs a command that heartbeats do not confirm is sent again after this long
 * @param lostAfterUs a grant that a living worker's heartbeats do not show for so long is taken back
 * @param attempts failed attempts of one chunk that fail its job
 * @param backoffUs a chunk rests so long after its first failure, twice as long after the second
 * @param resultLateUs a result that the authority has not committed so long after its worker sent it is asked for; when it
 *     still has not come as much later, its chunk runs again
 * @param modelMissingUs a job fails when there were workers for so long and none of them had its model
 */
public record DispatcherSettings(
        double budgetCap,
        long vanishedAfterUs,
        long resendAfterUs,
        long lostAfterUs,
        int attempts,
        long backoffUs,
        long resultLateUs,
        long modelMissingUs) {
    /** {@link #budgetCap()} when nothing is configured. */
    public static final double UNCAPPED = Double.POSITIVE_INFINITY;

    public DispatcherSettings {
        if (!(budgetCap > 0)) {
            throw new IllegalArgumentException("the budget must be above 0 millicores, not " + budgetCap);
        }
    }

    /** The settings of the running system with this cap on the budget. */
    public static DispatcherSettings capped(double budgetCap) {
        return new DispatcherSettings(
                budgetCap,
                micros(Duration.ofSeconds(2)),
                micros(Duration.ofMillis(700)),
                micros(Duration.ofSeconds(8)),
                3,
                // Longer than a heartbeat, so that a worker whose inference server died has said that it is not ready.
                micros(Duration.ofSeconds(1)),
                // Longer than the authority's database takes to come back after a crash.
                micros(Duration.ofSeconds(15)),
                // Longer than a rollout of workers that brings the model takes to get its first one ready.
                micros(Duration.ofMinutes(2)));
    }

    /** The same, failing jobs whose model no worker has had for so long. */
    public DispatcherSettings modelMissingAfter(Duration wait) {
        return new DispatcherSettings(
                budgetCap,
                vanishedAfterUs,
                resendAfterUs,
                lostAfterUs,
                attempts,
                backoffUs,
                resultLateUs,
                micros(wait));
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1000;
    }
}
