package io.framequota.scheduler.cgroup;

/**
 * CPU time that a group may use in each period.
 *
 * @param quotaUs microseconds of CPU time a period; {@link #NO_LIMIT} for none
 * @param periodUs microseconds from one refill to the next, 1,000 to 1,000,000
 */
public record Quota(long quotaUs, long periodUs) {
    /** What the kubelet uses, and the kernel's default. */
    public static final long PERIOD_US = 100_000;

    /** The least that a placed worker keeps: the kernel takes no quota below 1,000 us, which is 10m of 100 ms. */
    public static final int PARKED_MILLI = 10;

    /** {@link #quotaUs()} without a limit. */
    public static final long NO_LIMIT = -1;

    private static final long LEAST_QUOTA_US = 1_000;
    private static final int STEP_MILLI = 10;

    public Quota {
        if (periodUs < 1_000 || periodUs > 1_000_000) {
            throw new IllegalArgumentException("a period of " + periodUs + " us; 1000 to 1000000 are allowed");
        }
        if (quotaUs != NO_LIMIT && quotaUs < LEAST_QUOTA_US) {
            throw new IllegalArgumentException(
                    "a quota of " + quotaUs + " us; the kernel takes " + LEAST_QUOTA_US + " or more");
        }
    }

    /** No limit, counted in the usual periods. */
    public static Quota unlimited() {
        return new Quota(NO_LIMIT, PERIOD_US);
    }

    /** So many millicores in periods of 100 ms. */
    public static Quota ofMillicores(int millicores) {
        return ofMillicores(millicores, PERIOD_US);
    }

    /**
     * So many millicores.
     *
     * @throws IllegalArgumentException unless it is a multiple of 10, at least 10, that the kernel takes in this period
     */
    public static Quota ofMillicores(int millicores, long periodUs) {
        if (millicores < PARKED_MILLI || millicores % STEP_MILLI != 0) {
            throw new IllegalArgumentException(
                    "a quota of " + millicores + "m; multiples of " + STEP_MILLI + "m from " + PARKED_MILLI + "m");
        }
        return new Quota(millicores * periodUs / 1000, periodUs);
    }

    /** Whether it limits at all. */
    public boolean limited() {
        return quotaUs != NO_LIMIT;
    }

    /** Millicores; infinite without a limit. */
    public double millicores() {
        return limited() ? 1000.0 * quotaUs / periodUs : Double.POSITIVE_INFINITY;
    }
}
