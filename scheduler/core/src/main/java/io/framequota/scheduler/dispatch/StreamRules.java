package io.framequota.scheduler.dispatch;

import java.time.Duration;

/**
 * How live streams are reserved for. Times are in microseconds.
 *
 * @param headroom what a reservation has in addition to rate x cost of a frame, as a fraction of it
 * @param settleUs so long after a new leader has begun, streams are only taken over from workers, because the workers'
 *     first heartbeats show what runs
 * @param refuseAfterUs a stream is refused if there is no room for it for so long: workers that start come one by one
 * @param failedAfterUs a worker cannot infer a stream if it reports a failure for so long without a pause: most failures
 *     end with the next key picture
 * @param keptUs how long the reservation of a stream without a publisher is kept
 * @param shrunkUs the newest stream ends if the budget was less than all reservations for so long: a worker that
 *     restarts does not end streams
 */
public record StreamRules(
        double headroom, long settleUs, long refuseAfterUs, long failedAfterUs, long keptUs, long shrunkUs) {
    /** Rules of the running system. */
    static final StreamRules PRODUCTION = new StreamRules(
            0.1,
            micros(Duration.ofSeconds(2)),
            micros(Duration.ofSeconds(3)),
            micros(Duration.ofSeconds(20)),
            micros(Duration.ofSeconds(60)),
            micros(Duration.ofSeconds(60)));

    /** Rules for a simulation, in which costs are exact and every worker is there from the start. */
    static final StreamRules EXACT = new StreamRules(0, 0, 0, 0, 0, 0);

    private static long micros(Duration duration) {
        return duration.toNanos() / 1000;
    }
}
