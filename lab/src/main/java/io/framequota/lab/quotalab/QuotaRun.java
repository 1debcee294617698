package io.framequota.lab.quotalab;

/**
 * One run of the program.
 *
 * @param millicores its quota, 0 without one
 * @param wallS seconds from its start to its end
 * @param cpuS processor seconds of all its processes
 * @param throttledS seconds for which the quota held it back, summed over processors
 * @param periods in which it ran, 0 without a quota
 * @param throttledPeriods of these, those in which its quota was used up
 * @param threads the most that were seen at once; a sample every 10 ms
 */
public record QuotaRun(
        int millicores,
        double wallS,
        double cpuS,
        double throttledS,
        long periods,
        long throttledPeriods,
        int threads) {
    /** Processors that were busy on average. */
    public double busyCores() {
        return wallS > 0 ? cpuS / wallS : 0;
    }

    /** Part of the periods in which the quota was used up. */
    public double throttledPart() {
        return periods == 0 ? 0 : (double) throttledPeriods / periods;
    }
}
