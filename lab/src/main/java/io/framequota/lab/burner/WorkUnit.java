package io.framequota.lab.burner;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;

/** One unit of work: some ten microseconds of arithmetic that no compiler can leave out and no cache can slow down. */
final class WorkUnit {
    private static final int STEPS = 20_000;
    private static final int BATCH_UNITS = 100;
    private static final int WARM_BATCHES = 15;
    private static final int BATCHES = 30;

    /** Where results go, so that they are used. */
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

    /** Does so many units. */
    static void units(long count) {
        for (long i = 0; i < count; i++) {
            unit();
        }
    }

    /**
     * CPU nanoseconds of one unit on an unthrottled core: the median of many batches. The least of them would be what a
     * unit costs at best; jobs were seen to take 4 % more than that, and 2 % more than the lower quartile.
     */
    static double unitNanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long[] took = new long[BATCHES];
        for (int batch = 0; batch < WARM_BATCHES + BATCHES; batch++) {
            long before = threads.getCurrentThreadCpuTime();
            units(BATCH_UNITS);
            // The first batches run while the compiler is still at it.
            if (batch >= WARM_BATCHES) {
                took[batch - WARM_BATCHES] = threads.getCurrentThreadCpuTime() - before;
            }
        }
        Arrays.sort(took);
        return (double) took[BATCHES / 2] / BATCH_UNITS;
    }

    private WorkUnit() {}
}
