package io.framequota.scheduler.simulator;

import static io.framequota.scheduler.simulator.Runs.policy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.framequota.scheduler.policy.ChosenPolicy;
import io.framequota.scheduler.policy.Speedup;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Poisson arrivals against exact results: means over three seeds, within one per cent. */
class QueueingTest {
    private static final int SEEDS = 3;
    private static final double ONE_PER_CENT = 0.01;

    @ParameterizedTest
    @CsvSource({
        // policy, sizes, load, jobs per seed, mean response (M/G/1 with service rate 1)
        "fcfs, exponential, 0.5, 400000, 2",
        "fcfs, exponential, 0.8, 2000000, 5",
        "fcfs, constant,    0.8, 600000, 3",
        "fcfs, uniform,     0.8, 1200000, 3.6667",
        "ps,   exponential, 0.5, 300000, 2",
        "ps,   exponential, 0.8, 1500000, 5",
        "ps,   uniform,     0.8, 800000, 5",
        "ps,   constant,    0.8, 800000, 5",
        "srpt, exponential, 0.5, 300000, 1.4254",
        "srpt, exponential, 0.8, 600000, 2.3529",
        "srpt, exponential, 0.9, 1200000, 3.5523",
        "srpt, uniform,     0.8, 600000, 2.6101",
        "srpt, constant,    0.8, 600000, 3",
        "psjf, exponential, 0.5, 300000, 1.5314",
        "psjf, exponential, 0.8, 600000, 2.6589",
        "psjf, exponential, 0.9, 1200000, 4.0518",
        "psjf, uniform,     0.8, 600000, 3.0079",
        "sjf,  exponential, 0.5, 300000, 1.7127",
        "sjf,  exponential, 0.8, 600000, 2.8822",
        "sjf,  exponential, 0.9, 1200000, 4.1969",
        "sjf,  uniform,     0.8, 600000, 2.7637",
        "las,  exponential, 0.5, 300000, 2",
        "las,  exponential, 0.8, 800000, 5",
        "las,  uniform,     0.8, 800000, 7.4544"
    })
    void oneServer(String discipline, String sizes, double load, int jobs, double mean) {
        assertMean(1, Speedup.LINEAR, discipline(discipline), load, sizes(sizes), jobs, mean);
    }

    @Test
    void theTailAndTheNumberInSystemOfOneServer() {
        List<Outcome> runs =
                runs(1, Speedup.LINEAR, discipline("fcfs"), 0.5, new SizeDistribution.Exponential(1), 400_000);

        assertThat(mean(runs, Outcome::p50S)).isCloseTo(-Math.log(0.5) / 0.5, within(0.014));
        assertThat(mean(runs, Outcome::p99S)).isCloseTo(4.60517 / 0.5, within(0.14));
        assertThat(mean(runs, Outcome::meanInSystem)).isCloseTo(1, within(ONE_PER_CENT));
        assertThat(mean(runs, o -> o.heldCoreS() / o.makespanS()))
                .as("utilisation")
                .isCloseTo(0.5, within(0.005));
    }

    @Test
    void processorSharingSlowsEverybodyAlike() {
        List<Outcome> runs =
                runs(1, Speedup.LINEAR, discipline("ps"), 0.5, new SizeDistribution.Exponential(1), 400_000);

        assertThat(mean(runs, Outcome::meanSlowdown)).isCloseTo(2, within(0.02));
    }

    @ParameterizedTest
    @CsvSource({
        "2, 1,   300000,  1.333333, 1.0",
        "2, 1.6, 2000000, 2.777778, 2.5",
        "4, 3.2, 2000000, 1.745541, 1.25",
        "8, 7.2, 2000000, 1.876916, 1.25"
    })
    void severalCores(int cores, double rate, int jobs, double coreEach, double allOnOne) {
        SizeDistribution sizes = new SizeDistribution.Exponential(1);

        assertMean(cores, Speedup.LINEAR, policy("one-core-per-request"), rate, sizes, jobs, coreEach);
        assertMean(cores, Speedup.LINEAR, policy("one-request-at-a-time"), rate, sizes, jobs, allOnOne);
    }

    @ParameterizedTest
    @CsvSource({
        "linear, 3.2, 800000, 1.25",
        "capped, 3.2, 1000000, 1.745541",
        "capped, 2,   300000, 1.086957",
        "amdahl, 3.2, 800000, 1.361220",
        "amdahl, 2,   300000, 0.597974"
    })
    void equalSharesUnderAConcaveSpeedup(String speedup, double rate, int jobs, double mean) {
        Speedup curve = switch (speedup) {
            case "capped" -> new Speedup.Capped(1);
            case "amdahl" -> new Speedup.Amdahl(0.9);
            default -> Speedup.LINEAR;
        };

        assertMean(4, curve, policy("divide-and-conquer"), rate, new SizeDistribution.Exponential(1), jobs, mean);
    }

    @Test
    void noPolicyBeatsShortestRemainingFirstOnTheSameArrivals() {
        Workload workload = Workload.poisson(0.8, new SizeDistribution.Pareto(1.5, 1.0 / 3), 20_000);
        double least = Runs.fluid(1, Speedup.LINEAR, policy("srpt"), workload).meanResponseS();

        for (String name : List.of("fcfs", "ps", "psjf", "sjf", "las")) {
            Outcome outcome = Runs.fluid(1, Speedup.LINEAR, discipline(name), workload);
            assertThat(outcome.meanResponseS()).as(name).isGreaterThan(least);
            assertThat(outcome.makespanS())
                    .as("every policy works while there is work")
                    .isCloseTo(
                            Runs.fluid(1, Speedup.LINEAR, policy("srpt"), workload)
                                    .makespanS(),
                            within(1e-6));
        }
    }

    private static void assertMean(
            int cores,
            Speedup speedup,
            ChosenPolicy policy,
            double rate,
            SizeDistribution sizes,
            int jobs,
            double expected) {
        double mean = mean(runs(cores, speedup, policy, rate, sizes, jobs), Outcome::meanResponseS);
        assertThat(mean).as(policy.name()).isCloseTo(expected, within(ONE_PER_CENT * expected));
    }

    private static List<Outcome> runs(
            int cores, Speedup speedup, ChosenPolicy policy, double rate, SizeDistribution sizes, int jobs) {
        return IntStream.rangeClosed(1, SEEDS)
                .mapToObj(seed ->
                        Runs.longRun(Scenario.fluid(cores, speedup, policy, Workload.poisson(rate, sizes, jobs), seed)))
                .toList();
    }

    private static double mean(List<Outcome> runs, ToDoubleFunction<Outcome> of) {
        return runs.stream().mapToDouble(of).average().orElseThrow();
    }

    private static ChosenPolicy discipline(String name) {
        return switch (name) {
            case "fcfs" -> policy("one-request-at-a-time");
            case "ps" -> policy("divide-and-conquer");
            case "psjf" -> policy("srpt", "measure", "size");
            case "sjf" -> policy("srpt", "measure", "size", "preempt", "false");
            default -> policy(name);
        };
    }

    private static SizeDistribution sizes(String name) {
        return switch (name) {
            case "constant" -> new SizeDistribution.Constant(1);
            case "uniform" -> new SizeDistribution.Uniform(0, 2);
            default -> new SizeDistribution.Exponential(1);
        };
    }
}
