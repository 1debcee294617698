package io.framequota.scheduler.benchmarks;

import io.framequota.scheduler.dispatch.DispatchCommand;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Measures the processor time of whole steps of the dispatcher with 1,000 workers and 10,000 jobs, for every policy of
 * {@link DecisionBenchmark} or the named ones: {@code [STEPS [POLICY ...]]}. The first decision grants two chunks to
 * each worker. Three situations: every job has its chunks and workers take turns; the same with shares enforced as
 * limits; seven of ten jobs still wait for their chunks.
 */
public final class DispatcherStepMain {
    private static final int WORKERS = 1_000;
    private static final int JOBS = 10_000;
    /** As long as JMH's warm-up, because a scheduler runs for days. */
    private static final long WARM_UP_NANOS = 3_000_000_000L;

    private DispatcherStepMain() {}

    public static void main(String[] args) throws ReflectiveOperationException {
        int steps = args.length > 0 ? Integer.parseInt(args[0]) : 2000;
        String[] all = DecisionBenchmark.class
                .getField("policy")
                .getAnnotation(org.openjdk.jmh.annotations.Param.class)
                .value();
        String[] policies = args.length > 1 ? Arrays.copyOfRange(args, 1, args.length) : all;
        System.out.printf(
                Locale.ROOT,
                "%-48s %-9s %8s %8s %8s %8s %9s%n",
                "microseconds of processor time, kB allocated",
                "",
                "first",
                "p50",
                "p99",
                "most",
                "kB");
        for (String policy : policies) {
            measure(policy, "in turns", steps, false, 0);
            measure(policy, "limits", steps, true, 0);
            measure(policy, "waiting", steps, false, 7);
        }
    }

    private static void measure(String policy, String situation, int steps, boolean enforced, int undecodedOf10) {
        RunningFleet fleet = new RunningFleet(DecisionBenchmark.parse(policy), WORKERS, JOBS, enforced, undecodedOf10);
        fleet.observe();
        long begin = threads().getCurrentThreadCpuTime();
        List<DispatchCommand> all = fleet.decide();
        long first = threads().getCurrentThreadCpuTime() - begin;
        fleet.obey(all);
        for (long used = 0; used < WARM_UP_NANOS; ) {
            used += step(fleet);
        }
        long[] nanos = new long[steps];
        long bytes = 0;
        for (int i = 0; i < steps; i++) {
            long before = threads().getCurrentThreadAllocatedBytes();
            nanos[i] = step(fleet);
            bytes += threads().getCurrentThreadAllocatedBytes() - before;
        }
        Arrays.sort(nanos);
        System.out.printf(
                Locale.ROOT,
                "%-48s %-9s %8d %8d %8d %8d %9d%n",
                policy,
                situation,
                first / 1000,
                nanos[steps / 2] / 1000,
                nanos[steps * 99 / 100] / 1000,
                nanos[steps - 1] / 1000,
                bytes / steps / 1000);
    }

    private static long step(RunningFleet fleet) {
        fleet.prepare();
        long begin = threads().getCurrentThreadCpuTime();
        fleet.observe();
        List<DispatchCommand> commands = fleet.decide();
        long nanos = threads().getCurrentThreadCpuTime() - begin;
        fleet.obey(commands);
        return nanos;
    }

    private static com.sun.management.ThreadMXBean threads() {
        return (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    }
}
