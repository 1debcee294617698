package io.framequota.lab.kubernetes;

/**
 * Estimates a worker's CPU time from its quota over time, bounded by its threads. The CPU time that a cluster reports is
 * too late for decisions. Safe for use by several threads.
 */
final class CpuTimeEstimate {
    private double cpuS;
    private long sinceNanos;
    private int millicores;
    private int threads = 1;

    CpuTimeEstimate(long nanos) {
        this.sinceNanos = nanos;
    }

    synchronized void quota(int now, long nanos) {
        add(nanos);
        millicores = now;
    }

    synchronized void threads(int now, long nanos) {
        add(nanos);
        threads = now;
    }

    synchronized double cpuS(long nanos) {
        add(nanos);
        return cpuS;
    }

    private void add(long nanos) {
        // An event may arrive after a later one was counted.
        if (nanos > sinceNanos) {
            cpuS += Math.min(millicores / 1000.0, threads) * (nanos - sinceNanos) / 1e9;
            sinceNanos = nanos;
        }
    }
}
