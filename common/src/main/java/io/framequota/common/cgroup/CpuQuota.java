package io.framequota.common.cgroup;

/**
 * The CPU time that a control group may use in each CFS period.
 *
 * @param quotaUs microseconds of CPU time per period; {@link #NO_LIMIT} for no limit
 * @param periodUs length of a period in microseconds, 1,000 to 1,000,000
 */
public record CpuQuota(long quotaUs, long periodUs) {
    /** The kernel's default period, which the kubelet uses too. */
    public static final long PERIOD_US = 100_000;

    /** The smallest quota of a placed worker: the kernel refuses less than 1,000 us, which is 10m of a 100 ms period. */
    public static final int PARKED_MILLI = 10;

    /** {@link #quotaUs()} of a group without a limit. */
    public static final long NO_LIMIT = -1;

    private static final long LEAST_QUOTA_US = 1_000;
    private static final int STEP_MILLI = 10;

    public CpuQuota {
        if (periodUs < 1_000 || periodUs > 1_000_000) {
            throw new IllegalArgumentException(
                    "CPU period of " + periodUs + " us: the kernel accepts 1000 to 1000000 us");
        }
        if (quotaUs != NO_LIMIT && quotaUs < LEAST_QUOTA_US) {
            throw new IllegalArgumentException(
                    "CPU quota of " + quotaUs + " us: the kernel accepts " + LEAST_QUOTA_US + " us or more");
        }
    }

    /** No limit, with the default period. */
    public static CpuQuota unlimited() {
        return new CpuQuota(NO_LIMIT, PERIOD_US);
    }

    /** A quota in millicores with the default period. */
    public static CpuQuota ofMillicores(int millicores) {
        return ofMillicores(millicores, PERIOD_US);
    }

    /**
     * A quota in millicores.
     *
     * @throws IllegalArgumentException unless {@code millicores} is a multiple of 10, at least 10, and the kernel accepts it for
     *     this period
     */
    public static CpuQuota ofMillicores(int millicores, long periodUs) {
        if (millicores < PARKED_MILLI || millicores % STEP_MILLI != 0) {
            throw new IllegalArgumentException("CPU quota of " + millicores + "m: use a multiple of " + STEP_MILLI
                    + "m, at least " + PARKED_MILLI + "m");
        }
        return new CpuQuota(millicores * periodUs / 1000, periodUs);
    }

    /** Whether there is a limit. */
    public boolean limited() {
        return quotaUs != NO_LIMIT;
    }

    /** The limit in millicores; infinite when there is none. */
    public double millicores() {
        return limited() ? 1000.0 * quotaUs / periodUs : Double.POSITIVE_INFINITY;
    }
}
