package io.framequota.common.cgroup;

/**
 * The CPU counters of a control group.
 *
 * @param periods CFS periods in which the group had a quota and something to run
 * @param throttledPeriods those of them in which the group used up its quota
 * @param throttledS seconds for which the kernel held back the group's run queues, summed over the cores
 * @param cpuS CPU seconds used
 */
public record CpuUsage(long periods, long throttledPeriods, double throttledS, double cpuS) {
    /** All counters at zero. */
    public static final CpuUsage NONE = new CpuUsage(0, 0, 0, 0);

    /** The increase since an earlier reading. */
    public CpuUsage since(CpuUsage earlier) {
        return new CpuUsage(
                periods - earlier.periods,
                throttledPeriods - earlier.throttledPeriods,
                throttledS - earlier.throttledS,
                cpuS - earlier.cpuS);
    }

    /** The sum of both. */
    public CpuUsage plus(CpuUsage other) {
        return new CpuUsage(
                periods + other.periods,
                throttledPeriods + other.throttledPeriods,
                throttledS + other.throttledS,
                cpuS + other.cpuS);
    }
}
