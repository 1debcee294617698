package io.framequota.common.compute;

/**
 * How {@link ComputeTimeBuckets} fill.
 *
 * @param periodNs nanoseconds in which a job may use its share once
 * @param carriedPeriods periods whose unused share is kept in addition: the burst
 * @param borrows whether a job with an empty bucket may use time that no other job wants
 */
public record ComputeTimeRules(long periodNs, double carriedPeriods, boolean borrows) {
    /** The period of the kernel's CPU quotas. */
    public static final long PERIOD_NS = 100_000_000;

    /** Buckets of {@link #PERIOD_NS} that keep one unused period; nothing is borrowed. */
    public static final ComputeTimeRules HARD = new ComputeTimeRules(PERIOD_NS, 1, false);

    /** The same with borrowing. */
    public static final ComputeTimeRules BORROW = new ComputeTimeRules(PERIOD_NS, 1, true);

    public ComputeTimeRules {
        if (periodNs < 1 || !(carriedPeriods >= 0)) {
            throw new IllegalArgumentException(
                    "a period of " + periodNs + " ns and " + carriedPeriods + " carried periods");
        }
    }

    /** Wall-clock nanoseconds in which an idle job fills its bucket. */
    double fullNs() {
        return periodNs * (1 + carriedPeriods);
    }
}
