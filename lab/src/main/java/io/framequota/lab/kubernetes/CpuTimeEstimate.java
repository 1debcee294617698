package io.framequota.lab.kubernetes;

/**
 * CPU time that a worker was given so far: its quota over time, no more than its threads can use. A cluster tells what was
 * really used much later than a decision can wait. Safe for use by several threads.
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
        // An event may be told after a later one was counted.
        if (nanos > sinceNanos) {
            cpuS += Math.min(millicores / 1000.0, threads) * (nanos - sinceNanos) / 1e9;
            sinceNanos = nanos;
        }
    }
}
