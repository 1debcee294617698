package io.framequota.lab.burner;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;

/** A unit of work: about ten microseconds of arithmetic that the compiler cannot remove and caches do not affect. */
final class WorkUnit {
    private static final int STEPS = 20_000;
    private static final int BATCH_UNITS = 100;
    private static final int WARM_BATCHES = 15;
    private static final int BATCHES = 30;

    /** Makes the compiler keep the results. */
    @SuppressWarnings("unused")
    private static volatile long sink;

    /** Does one unit (xorshift, Marsaglia 2003). */
    static void unit() {
        long x = 88172645463325252L;
        for (int i = 0; i < STEPS; i++) {
            x ^= x << 13;
            x ^= x >>> 7;
            x ^= x << 17;
        }
        sink = x;
    }

    /** Does {@code count} units. */
    static void units(long count) {
        for (long i = 0; i < count; i++) {
            unit();
        }
    }

    /**
     * CPU nanoseconds of one unit on an unthrottled core, as the median of many batches. Jobs took 4 % more than the minimum
     * of the batches, and 2 % more than the lower quartile.
     */
    static double unitNanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long[] took = new long[BATCHES];
        for (int batch = 0; batch < WARM_BATCHES + BATCHES; batch++) {
            long before = threads.getCurrentThreadCpuTime();
            units(BATCH_UNITS);
            // The JVM still compiles during the first batches.
            if (batch >= WARM_BATCHES) {
                took[batch - WARM_BATCHES] = threads.getCurrentThreadCpuTime() - before;
            }
        }
        Arrays.sort(took);
        return (double) took[BATCHES / 2] / BATCH_UNITS;
    }

    private WorkUnit() {}
}
