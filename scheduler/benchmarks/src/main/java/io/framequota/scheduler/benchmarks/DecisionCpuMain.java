package io.framequota.scheduler.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Locale;

/**
 * Processor time of a decision over 10,000 jobs, for every policy of {@link DecisionBenchmark}: {@code [ROUNDS]}. Where others
 * use the machine too, the wall clock of a thread counts the time that it waits for a core; this does not.
 */
public final class DecisionCpuMain {
    private static final int WARM_UP = 300;

    private DecisionCpuMain() {}

    public static void main(String[] args) throws ReflectiveOperationException {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 1000;
        String[] policies = DecisionBenchmark.class
                .getField("policy")
                .getAnnotation(org.openjdk.jmh.annotations.Param.class)
                .value();
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
        for (int i = 0; i < WARM_UP; i++) {
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
