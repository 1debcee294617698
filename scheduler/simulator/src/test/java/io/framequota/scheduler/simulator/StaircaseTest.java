package io.framequota.scheduler.simulator;

import static io.framequota.scheduler.simulator.Runs.equal;
import static io.framequota.scheduler.simulator.Runs.policy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.Speedup;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Quotas as the kernel enforces them, for jobs of one CPU second. */
class StaircaseTest {
    private static final Offset<Double> EXACT = within(1e-6);

    /** A core of the experiment is budget / cores. A job computes with one thread per core of its share. */
    @ParameterizedTest
    @CsvSource({
        "500m with 1 thread,   500, 1, 1, 2, 1.950",
        "500m with 2 threads,  500, 2, 2, 4, 1.925",
        "1000m,               1000, 1, 1, 1, 1.0",
        "2000m,               2000, 2, 2, 1, 0.5",
        "1500m with 2 threads, 1500, 2, 2, 1.3333333333333333, 0.650",
        "250m,                 250, 1, 1, 4, 3.925"
    })
    void oneCpuSecondUnderAQuota(String name, double budget, int cores, int width, double size, double seconds) {
        Scenario scenario = scenario(cores, budget, policy("gang", "width", "" + width), equal(1, size), 100);

        assertThat(Runs.run(scenario).meanResponseS()).as(name).isCloseTo(seconds, EXACT);
    }

    @Test
    void equalSharesEndEarlierThanUnderFluidQuotas() {
        SimulationResult outcome = Runs.run(scenario(2, 2000, policy("divide-and-conquer"), equal(4, 1), 100));

        assertThat(outcome.meanResponseS()).isCloseTo(1.95, EXACT);
        assertThat(outcome.throttledS())
                .as("0.05 s in each of 19 periods of 4 jobs")
                .isCloseTo(3.8, EXACT);
        assertThat(Runs.run(scenario(2, 2000, policy("divide-and-conquer"), equal(4, 1), 10))
                        .meanResponseS())
                .isCloseTo(1.995, EXACT);
    }

    @Test
    void wholeCoresAreNeverThrottled() {
        for (String name : List.of("one-core-per-request", "one-request-at-a-time")) {
            SimulationResult outcome = Runs.run(scenario(2, 2000, policy(name), equal(4, 1), 100));

            assertThat(outcome.throttledS()).as(name).isCloseTo(0, EXACT);
            assertThat(outcome.meanResponseS()).isCloseTo(name.startsWith("one-core") ? 1.5 : 1.25, EXACT);
        }
    }

    @Test
    void writingAQuotaRefillsIt() {
        // At 0.16 s both jobs have had 0.1 s. The new job lowers all quotas, and the writes refill them.
        Workload workload = Workload.trace(List.of(
                new Arrival(1, 0, 0.15, Map.of()),
                new Arrival(2, 0, 0.15, Map.of()),
                new Arrival(3, 0.16, 0.01, Map.of())));

        SimulationResult outcome = Runs.run(scenario(1, 1000, policy("divide-and-conquer"), workload, 100));

        // From 0.16 s on each has a fresh quota of a third: 0.01 s for the third job, a full 33 ms for the others.
        assertThat(Runs.completions(outcome)[2]).isCloseTo(0.17, EXACT);
        assertThat(outcome.makespanS()).isLessThan(0.3);
    }

    @Test
    void quotaIsWrittenOncePerPeriodAndARaiseWaitsForRoom() {
        // The second job arrives at 0.03 s, and the first job's quota may be lowered at 0.1 s.
        Workload workload =
                Workload.trace(List.of(new Arrival(1, 0, 0.5, Map.of()), new Arrival(2, 0.03, 0.02, Map.of())));

        SimulationResult outcome = Runs.run(scenario(1, 1000, policy("divide-and-conquer"), workload, 100));

        // The first job has done 0.1 s by then and 0.05 s in its next period, and is alone from 0.2 s on.
        assertThat(Runs.completions(outcome)).containsExactly(new double[] {0.55, 0.12}, EXACT);
    }

    @Test
    void noQuotaIsWrittenTwiceWithinAPeriod() {
        Workload workload = Workload.poisson(8, new SizeDistribution.Exponential(0.2), 2_000);
        Map<Long, Double> written = new HashMap<>();

        Simulator.run(scenario(2, 2000, policy("divide-and-conquer"), workload, 100), change -> {
            Double before = written.put(change.job(), change.timeS());
            if (before != null && change.millicores() > 0) {
                assertThat(change.timeS() - before).isGreaterThanOrEqualTo(0.1 - 1e-9);
            }
        });

        Runs.run(scenario(2, 2000, policy("srpt"), workload, 100));
        assertThat(written).hasSize(2_000);
    }

    @Test
    void gridSharesAreMultiplesOfTenMillicores() {
        Scenario scenario = Runs.with(
                Scenario.fluid(2, Speedup.LINEAR, policy("divide-and-conquer"), equal(3, 1), 1),
                QuotaModel.FLUID,
                ShareGrid.TEN_MILLI,
                0,
                0);

        SimulationResult outcome = Runs.run(scenario);

        // 670, 670 and 660 millicores.
        assertThat(outcome.perJob().getFirst().responseS()).isCloseTo(1 / 0.67, EXACT);
        assertThat(outcome.meanResponseS()).isCloseTo(1.5, within(0.01));
    }

    @Test
    void boundedResidencyQueuesTheRest() {
        Scenario scenario =
                Runs.bounded(Scenario.fluid(2, Speedup.LINEAR, policy("divide-and-conquer"), equal(4, 1), 1), 2, 0);

        // Two jobs at a time, each at full speed.
        assertThat(Runs.run(scenario).meanResponseS()).isCloseTo(1.5, EXACT);
    }

    @Test
    void parkedJobContinuesWithItsParkedQuota() {
        // The second job preempts the first at its arrival; the first is parked at a tenth of a core.
        Workload workload = Workload.trace(List.of(new Arrival(1, 0, 2, Map.of()), new Arrival(2, 1, 0.5, Map.of())));
        Scenario scenario = Runs.with(
                Scenario.fluid(1, Speedup.LINEAR, policy("srpt"), workload, 1),
                QuotaModel.FLUID,
                ShareGrid.EXACT,
                100,
                0);

        assertThat(Runs.completions(Runs.run(scenario))).containsExactly(new double[] {2.45, 1.5}, EXACT);
    }

    private static Scenario scenario(
            int cores, double budget, ConfiguredPolicy policy, Workload workload, double periodMs) {
        return new Scenario(
                cores,
                budget,
                Speedup.LINEAR,
                policy,
                workload,
                1,
                QuotaModel.STAIRCASE,
                ShareGrid.EXACT,
                0,
                0,
                periodMs,
                OptionalInt.empty(),
                false,
                0);
    }
}
