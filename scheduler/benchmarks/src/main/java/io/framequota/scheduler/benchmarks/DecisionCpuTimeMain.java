package io.framequota.scheduler.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Locale;

/**
 * Measures the processor time of a decision over 10,000 jobs, for every policy of {@link DecisionBenchmark} or the
 * named ones: {@code [ROUNDS [POLICY ...]]}. On a busy machine, wall time includes waiting for a core; processor time
 * does not.
 */
public final class DecisionCpuTimeMain {
    /** As long as JMH's warm-up, because a scheduler runs for days. */
    private static final long WARM_UP_NANOS = 3_000_000_000L;

    private DecisionCpuTimeMain() {}

    public static void main(String[] args) throws ReflectiveOperationException {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 1000;
        String[] all = DecisionBenchmark.class
                .getField("policy")
                .getAnnotation(org.openjdk.jmh.annotations.Param.class)
                .value();
        String[] policies = args.length > 1 ? Arrays.copyOfRange(args, 1, args.length) : all;
        System.out.printf(Locale.ROOT, "%-48s %8s %8s%n", "microseconds of processor time", "p50", "p99");
        for (String policy : policies) {
            long[] nanos = measure(policy, rounds);
            Arrays.sort(nanos);
            System.out.printf(
                    Locale.ROOT, "%-48s %8d %8d%n", policy, nanos[rounds / 2] / 1000, nanos[rounds * 99 / 100] / 1000);
        }
    }

    private static long[] measure(String policy, int rounds) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        DecisionBenchmark benchmark = new DecisionBenchmark();
        benchmark.policy = policy;
        benchmark.prepare();
        for (long used = threads.getCurrentThreadCpuTime();
                threads.getCurrentThreadCpuTime() - used < WARM_UP_NANOS; ) {
            benchmark.decide();
        }
        long[] nanos = new long[rounds];
        for (int i = 0; i < rounds; i++) {
            long begin = threads.getCurrentThreadCpuTime();
            benchmark.decide();
            nanos[i] = threads.getCurrentThreadCpuTime() - begin;
        }
        return nanos;
    }
}
