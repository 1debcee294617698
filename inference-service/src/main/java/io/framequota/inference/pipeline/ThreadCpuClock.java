package io.framequota.inference.pipeline;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** Processor time of the calling thread: what was busy, also on a machine whose cores are shared. */
final class ThreadCpuClock {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** In nanoseconds, from an arbitrary start. */
    static long now() {
        return THREADS.getCurrentThreadCpuTime();
    }

    private ThreadCpuClock() {}
}
