package io.framequota.scheduler.simulator;

import static io.framequota.scheduler.simulator.Runs.policy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.Speedup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Poisson arrivals, compared with exact results within one per cent; see {@link Estimate}. */
class QueueingTest {
    private static final SizeDistribution EXPONENTIAL = new SizeDistribution.Exponential(1);

    @ParameterizedTest
    @CsvSource({
        // policy, sizes, load, jobs per seed, mean response (M/G/1 with service rate 1)
        "fcfs, exponential, 0.5, 20000, 2",
        "fcfs, exponential, 0.8, 20000, 5",
        "fcfs, exponential, 0.9, 20000, 10",
        "fcfs, constant,    0.8, 20000, 3",
        "fcfs, uniform,     0.8, 20000, 3.6667",
        "ps,   exponential, 0.5, 20000, 2",
        "ps,   exponential, 0.8, 30000, 5",
        "ps,   exponential, 0.9, 30000, 10",
        "ps,   uniform,     0.8, 20000, 5",
        "ps,   constant,    0.8, 20000, 5",
        "srpt, exponential, 0.5, 20000, 1.4254",
        "srpt, exponential, 0.8, 30000, 2.3529",
        "srpt, exponential, 0.9, 60000, 3.5523",
        "srpt, uniform,     0.8, 20000, 2.6101",
        "srpt, constant,    0.8, 20000, 3",
        "psjf, exponential, 0.5, 20000, 1.5314",
        "psjf, exponential, 0.8, 40000, 2.6589",
        "psjf, exponential, 0.9, 80000, 4.0518",
        "psjf, uniform,     0.8, 20000, 3.0079",
        "sjf,  exponential, 0.5, 20000, 1.7127",
        "sjf,  exponential, 0.8, 30000, 2.8822",
        "sjf,  exponential, 0.9, 60000, 4.1969",
        "sjf,  uniform,     0.8, 20000, 2.7637",
        "sjf,  constant,    0.8, 20000, 3",
        "las,  exponential, 0.5, 30000, 2",
        "las,  exponential, 0.8, 80000, 5",
        "las,  exponential, 0.9, 120000, 10",
        "las,  uniform,     0.8, 60000, 7.4544"
    })
    void oneServer(String discipline, String sizes, double load, int jobs, double mean) {
        oneServer(discipline, load, sizes(sizes), jobs).meanResponse().isWithinOnePerCentOf(mean);
    }

    @Test
    void tailAndNumberInSystemOfOneServer() {
        List<Estimate> estimates = oneServer("fcfs", 0.5, EXPONENTIAL, 160_000)
                .ofJobs(List.of(
                        SimulationResult::p50S,
                        SimulationResult::p99S,
                        SimulationResult::meanInSystem,
                        o -> o.heldCoreS() / o.makespanS()));

        estimates.get(0).isWithinOnePerCentOf(-Math.log(0.5) / 0.5);
        estimates.get(1).isWithinOnePerCentOf(4.60517 / 0.5);
        estimates.get(2).isWithinOnePerCentOf(1);
        estimates.get(3).isWithinOnePerCentOf(0.5);
    }

    @Test
    void processorSharingSlowsAllJobsEqually() {
        oneServer("ps", 0.5, EXPONENTIAL, 30_000)
                .of(SimulationResult::meanSlowdown)
                .isWithinOnePerCentOf(2);
    }

    @ParameterizedTest
    @CsvSource({"fcfs", "ps", "las"})
    void busyPeriodDoesNotDependOnTheOrder(String discipline) {
        Estimate.Queue queue = oneServer(discipline, 0.5, EXPONENTIAL, 60_000);

        // E[X] / (1 - load), with 1 / (1 - load) jobs.
        queue.busyPeriod().isWithinOnePerCentOf(2);
    }

    @ParameterizedTest
    @CsvSource({
        "2, 1,   60000, 0.333333, 1.333333, 1.0",
        "2, 1.6, 120000, 0.711111, 2.777778, 2.5",
        "4, 3.2, 100000, 0.596432, 1.745541, 1.25",
        "8, 7.2, 200000, 0.701533, 1.876916, 1.25"
    })
    void severalCores(int cores, double rate, int jobs, double waits, double coreEach, double allOnOne) {
        PoissonLoad load = PoissonLoad.of(rate, EXPONENTIAL);
        Estimate.Queue each = new Estimate.Queue(cores, Speedup.LINEAR, policy("one-core-per-request"), load, jobs);

        new Estimate.Queue(cores, Speedup.LINEAR, policy("one-request-at-a-time"), load, 20_000)
                .meanResponse()
                .isWithinOnePerCentOf(allOnOne);
        List<Estimate> estimates = each.ofJobs(List.of(SimulationResult::meanResponseS, waitingLongerThan(1e-9)));
        estimates.get(0).isWithinOnePerCentOf(coreEach);
        estimates.get(1).isWithinOnePerCentOf(waits);
    }

    /** P(W > t) = C exp(-(c mu - lam) t), with C of Erlang. */
    @ParameterizedTest
    @CsvSource({"2, 1, 60000, 0.333333", "2, 1.6, 120000, 0.711111", "4, 3.2, 100000, 0.596432"})
    void tailOfWaitsOnSeveralCores(int cores, double rate, int jobs, double waits) {
        PoissonLoad load = PoissonLoad.of(rate, EXPONENTIAL);
        double t = 0.5 / (cores - rate);

        new Estimate.Queue(cores, Speedup.LINEAR, policy("one-core-per-request"), load, jobs)
                .ofJobs(List.of(waitingLongerThan(t)))
                .getFirst()
                .isWithinOnePerCentOf(waits * Math.exp(-0.5));
    }

    /** M/G/c has no closed form; Lee and Longton scale the exponential one's wait: (1 + C_X^2) / 2 of it. */
    @Test
    void severalCoresWithOtherSizes() {
        PoissonLoad load = PoissonLoad.of(1.6, sizes("uniform"));
        double wait = (1 + 1.0 / 3) / 2 * (2.777778 - 1);

        Estimate mean =
                new Estimate.Queue(2, Speedup.LINEAR, policy("one-core-per-request"), load, 30_000).meanResponse();

        assertThat(mean.mean() - 1).as("an approximation").isCloseTo(wait, within(0.03 * wait));
    }

    /** Kingman's bound for any arrivals: E[W] <= lam (var_A + var_X) / (2 (1 - load)). */
    @ParameterizedTest
    @CsvSource({
        // gaps, sizes, their variances, load
        "exponential, exponential, 1, 1, 0.9",
        "uniform, exponential, 0.333333, 1, 0.9",
        "uniform, uniform, 0.333333, 0.333333, 0.8",
        "constant, uniform, 0, 0.333333, 0.8",
        "constant, constant, 0, 0, 0.99"
    })
    void meanWaitStaysBelowKingmansBound(
            String gaps, String sizes, double gapVariance, double sizeVariance, double load) {
        SplittableRandom random = new SplittableRandom(1);
        List<Arrival> arrivals = new ArrayList<>();
        double now = 0;
        for (int id = 1; id <= 200_000; id++) {
            now += sizes(gaps).sample(random) / load;
            arrivals.add(new Arrival(id, now, sizes(sizes).sample(random), Map.of()));
        }

        SimulationResult outcome =
                Runs.longRun(Scenario.fluid(1, Speedup.LINEAR, discipline("fcfs"), Workload.trace(arrivals), 1));

        double wait = outcome.meanResponseS() - outcome.workS() / outcome.jobs();
        double bound = load * (gapVariance / load / load + sizeVariance) / (2 * (1 - load));
        assertThat(wait).isLessThanOrEqualTo(bound + 1e-9);
        assertThat(wait).as("close to the bound under load").isGreaterThanOrEqualTo(0.5 * bound);
    }

    /** f = 0.9 on 2 cores: one request at a time serves s(2) = 1.818 per second, one core each serves 2. */
    @Test
    void sublinearSpeedupCostsCapacity() {
        Speedup speedup = new Speedup.Amdahl(0.9);
        PoissonLoad load = PoissonLoad.of(1.9, EXPONENTIAL);
        ConfiguredPolicy oneAtATime = policy("one-request-at-a-time");

        SimulationResult once = Runs.longRun(Scenario.fluid(2, speedup, oneAtATime, load.workload(100_000), 1));
        SimulationResult twice = Runs.longRun(Scenario.fluid(2, speedup, oneAtATime, load.workload(200_000), 1));
        SimulationResult coreEach =
                Runs.longRun(Scenario.fluid(2, speedup, policy("one-core-per-request"), load.workload(200_000), 1));

        assertThat(twice.workS() / twice.makespanS())
                .as("it works all the time at its capacity")
                .isCloseTo(speedup.at(2), within(1e-3));
        assertThat(twice.meanResponseS()).as("the response keeps growing").isGreaterThan(1.5 * once.meanResponseS());
        assertThat(coreEach.meanResponseS()).isLessThan(20);
    }

    @ParameterizedTest
    @CsvSource({
        "linear, 3.2, 30000, 1.25",
        "capped, 3.2, 60000, 1.745541",
        "capped, 2,   20000, 1.086957",
        "amdahl, 3.2, 40000, 1.361220",
        "amdahl, 2,   20000, 0.597974"
    })
    void equalSharesUnderAConcaveSpeedup(String speedup, double rate, int jobs, double mean) {
        Speedup curve = switch (speedup) {
            case "capped" -> new Speedup.Capped(1);
            case "amdahl" -> new Speedup.Amdahl(0.9);
            default -> Speedup.LINEAR;
        };
        PoissonLoad load = PoissonLoad.of(rate, EXPONENTIAL);

        new Estimate.Queue(4, curve, policy("divide-and-conquer"), load, jobs)
                .meanResponse()
                .isWithinOnePerCentOf(mean);
    }

    @Test
    void noPolicyBeatsShortestRemainingFirstOnTheSameArrivals() {
        Workload workload = Workload.poisson(0.8, new SizeDistribution.Pareto(1.5, 1.0 / 3), 20_000);
        SimulationResult least = Runs.fluid(1, Speedup.LINEAR, policy("srpt"), workload);

        for (String name : List.of("fcfs", "ps", "psjf", "sjf", "las")) {
            SimulationResult outcome = Runs.fluid(1, Speedup.LINEAR, discipline(name), workload);
            assertThat(outcome.meanResponseS()).as(name).isGreaterThan(least.meanResponseS());
            assertThat(outcome.makespanS())
                    .as("no policy is idle while there is work")
                    .isCloseTo(least.makespanS(), within(1e-6));
        }
    }

    private static Estimate.Queue oneServer(String discipline, double load, SizeDistribution sizes, int jobs) {
        return new Estimate.Queue(1, Speedup.LINEAR, discipline(discipline), PoissonLoad.of(load, sizes), jobs);
    }

    private static ToDoubleFunction<SimulationResult> waitingLongerThan(double seconds) {
        return outcome -> (double) outcome.perJob().stream()
                        .filter(j -> j.responseS() - j.sizeS() > seconds)
                        .count()
                / outcome.jobs();
    }

    private static ConfiguredPolicy discipline(String name) {
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
