package io.framequota.inference.frame;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** CPU time of the calling thread, which other processes on the same cores do not lengthen. */
public final class ThreadCpuClock {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** Nanoseconds since an arbitrary start. */
    public static long now() {
        return THREADS.getCurrentThreadCpuTime();
    }

    private ThreadCpuClock() {}
}
