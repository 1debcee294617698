package io.framequota.scheduler.benchmarks;

import io.framequota.scheduler.policy.Speedup;
import io.framequota.scheduler.simulator.Scenario;
import io.framequota.scheduler.simulator.SimulationResult;
import io.framequota.scheduler.simulator.Simulator;
import io.framequota.scheduler.simulator.SizeDistribution;
import io.framequota.scheduler.simulator.Workload;
import java.util.Locale;

/**
 * Simulates M/M/c queues and prints the time it took: {@code POLICY CORES RATE JOBS REPEATS}, where POLICY may have
 * parameters ({@code "srpt error=0.5"}). One line per repeat: seed, seconds, jobs per second, mean response.
 */
public final class QueueSimulationMain {
    private QueueSimulationMain() {}

    public static void main(String[] args) {
        int cores = Integer.parseInt(args[1]);
        double rate = Double.parseDouble(args[2]);
        int jobs = Integer.parseInt(args[3]);
        Workload workload = Workload.poisson(rate, new SizeDistribution.Exponential(1), jobs);
        for (int seed = 1; seed <= Integer.parseInt(args[4]); seed++) {
            Scenario scenario = Scenario.fluid(cores, Speedup.LINEAR, DecisionBenchmark.parse(args[0]), workload, seed);
            long begin = System.nanoTime();
            SimulationResult outcome = Simulator.run(scenario);
            double seconds = (System.nanoTime() - begin) / 1e9;
            System.out.printf(
                    Locale.ROOT, "%d %.4f %.0f %.5f%n", seed, seconds, jobs / seconds, outcome.meanResponseS());
        }
    }
}
