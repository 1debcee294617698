package io.framequota.lab.serving;

/**
 * CPU time under a quota that is refilled each period (CFS bandwidth control), from the start of a period.
 *
 * @param quotaS CPU seconds a period
 * @param periodS seconds
 * @param rate CPU seconds used in a second until the quota is used up
 */
record QuotaStaircase(double quotaS, double periodS, double rate) {
    private static final double ROUNDING = 1e-9;

    /** The time after which {@code cpuS} CPU seconds have been used. */
    double endS(double cpuS) {
        double burstS = Math.min(quotaS, rate * periodS);
        double full = Math.max(0, Math.ceil(cpuS / burstS - ROUNDING) - 1);
        return full * periodS + (cpuS - full * burstS) / rate;
    }
}
