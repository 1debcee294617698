package io.framequota.scheduler.cgroup;

/**
 * What the kernel counted for a group.
 *
 * @param periods periods in which it had a quota and something to run
 * @param throttledPeriods those of them in which the quota was used up
 * @param throttledS seconds that its run queues were held back, summed over the cores
 * @param cpuS CPU seconds used
 */
public record CpuUse(long periods, long throttledPeriods, double throttledS, double cpuS) {
    /** Nothing used. */
    public static final CpuUse NONE = new CpuUse(0, 0, 0, 0);

    /** What was added since an earlier reading. */
    public CpuUse since(CpuUse earlier) {
        return new CpuUse(
                periods - earlier.periods,
                throttledPeriods - earlier.throttledPeriods,
                throttledS - earlier.throttledS,
                cpuS - earlier.cpuS);
    }

    /** The sum of two. */
    public CpuUse plus(CpuUse other) {
        return new CpuUse(
                periods + other.periods,
                throttledPeriods + other.throttledPeriods,
                throttledS + other.throttledS,
                cpuS + other.cpuS);
    }
}
