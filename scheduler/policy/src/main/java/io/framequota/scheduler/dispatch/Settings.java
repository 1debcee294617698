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
 */
public record Settings(
        double budgetCap, long vanishedAfterUs, long resendAfterUs, long lostAfterUs, int attempts, long backoffUs) {
    /** {@link #budgetCap()} when nothing is configured. */
    public static final double UNCAPPED = Double.POSITIVE_INFINITY;

    public Settings {
        if (!(budgetCap > 0)) {
            throw new IllegalArgumentException("the budget must be above 0 millicores, not " + budgetCap);
        }
    }

    /** The settings of the running system with this cap on the budget. */
    public static Settings capped(double budgetCap) {
        return new Settings(
                budgetCap,
                micros(Duration.ofSeconds(2)),
                micros(Duration.ofMillis(700)),
                micros(Duration.ofSeconds(8)),
                3,
                // Longer than a heartbeat, so that a worker whose inference server died has said that it is not ready.
                micros(Duration.ofSeconds(1)));
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1000;
    }
}
