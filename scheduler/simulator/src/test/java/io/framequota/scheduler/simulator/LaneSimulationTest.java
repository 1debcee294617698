package io.framequota.scheduler.simulator;

import static io.framequota.scheduler.simulator.Runs.policy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.Speedup;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The lane simulation gives the same events as the share simulation. */
class LaneSimulationTest {
    static Stream<Scenario> scenarios() {
        List<ConfiguredPolicy> policies = List.of(
                policy("one-core-per-request"),
                policy("one-request-at-a-time"),
                policy("one-request-at-a-time", "spill", "false"),
                policy("gang", "width", "2"),
                policy("gang", "width", "3"),
                policy("gang", "width", "2", "max_active", "1"),
                policy("gang", "width", "9"));
        List<Workload> workloads = List.of(
                Runs.batch(1, 1, 1, 1, 3, 0.5, 0.5, 2, 1),
                Workload.poisson(2.2, new SizeDistribution.Pareto(1.5, 1.0 / 3), 2_000),
                Workload.poisson(1, new SizeDistribution.Constant(1), 2_000));
        return policies.stream()
                .flatMap(policy -> workloads.stream()
                        .flatMap(workload -> Stream.of(
                                Scenario.fluid(4, new Speedup.Amdahl(0.9), policy, workload, 1),
                                Runs.with(
                                        Scenario.fluid(4, Speedup.LINEAR, policy, workload, 2),
                                        QuotaModel.STAIRCASE,
                                        ShareGrid.EXACT,
                                        0,
                                        0))));
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void sameEventsAtTheSameTimesAsTheShareSimulation(Scenario scenario) {
        RunStatistics asked = new RunStatistics(scenario.workload().count(), 100, null);
        RunStatistics lanes = new RunStatistics(scenario.workload().count(), 100, null);
        new ShareSimulation(scenario, asked).run();

        assertThat(LaneSimulation.run(scenario, lanes)).isTrue();
        assertThat(lanes.outcome().traceHash()).isEqualTo(asked.outcome().traceHash());
        assertThat(lanes.outcome().perJob()).isEqualTo(asked.outcome().perJob());
        assertThat(lanes.outcome().decisions()).isEqualTo(asked.outcome().decisions());
        assertThat(lanes.outcome().meanInSystem()).isCloseTo(asked.outcome().meanInSystem(), within(1e-9));
        assertThat(lanes.outcome().heldCoreS())
                .isCloseTo(
                        asked.outcome().heldCoreS(),
                        within(1e-9 * asked.outcome().heldCoreS()));
        assertThat(lanes.outcome().mostHeldMilli()).isEqualTo(asked.outcome().mostHeldMilli());
        assertThat(lanes.outcome().throttledS()).isCloseTo(asked.outcome().throttledS(), within(1e-9));
    }

    @Test
    void otherScenariosUseTheShareSimulation() {
        Workload workload = Runs.equal(4, 1);
        Scenario one = Scenario.fluid(2, Speedup.LINEAR, policy("one-request-at-a-time"), workload, 1);

        assertThat(taken(Scenario.fluid(2, Speedup.LINEAR, policy("divide-and-conquer"), workload, 1)))
                .isFalse();
        assertThat(taken(Scenario.fluid(
                        2, Speedup.LINEAR, policy("one-request-at-a-time", "order", "shortest-first"), workload, 1)))
                .isFalse();
        assertThat(taken(Scenario.fluid(2, new Speedup.Capped(1), policy("one-request-at-a-time"), workload, 1)))
                .isFalse();
        assertThat(taken(Runs.with(one, QuotaModel.FLUID, ShareGrid.TEN_MILLI, 0, 0)))
                .isFalse();
        assertThat(taken(Runs.with(one, QuotaModel.FLUID, ShareGrid.EXACT, 0, 5)))
                .isFalse();
        assertThat(taken(one)).isTrue();
    }

    @Test
    void percentilesMatchTheSortedValues() {
        SplittableRandom random = new SplittableRandom(3);
        for (int size : new int[] {1, 2, 3, 10, 1001}) {
            double[] values = random.doubles(size).map(x -> Math.rint(x * 50)).toArray();
            double[] sorted = values.clone();
            Arrays.sort(sorted);
            for (double q : new double[] {0, 0.5, 0.9, 0.99, 1}) {
                int rank = (int) Math.max(0, Math.ceil(q * size) - 1);
                assertThat(Quantiles.of(values, q)).as(size + " values, " + q).isEqualTo(sorted[rank]);
            }
        }
    }

    private static boolean taken(Scenario scenario) {
        return LaneSimulation.run(
                scenario, new RunStatistics(scenario.workload().count(), 0, null));
    }
}
