package io.framequota.scheduler.simulator;

import static io.framequota.scheduler.simulator.Runs.chunked;
import static io.framequota.scheduler.simulator.Runs.equal;
import static io.framequota.scheduler.simulator.Runs.policy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.Policies;
import io.framequota.scheduler.policy.PolicyDefinition;
import io.framequota.scheduler.policy.Speedup;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs of the production dispatcher in chunks. */
class DispatchTest {
    private static final double CHUNK = 0.01;
    private static final int JOBS = 60;

    @ParameterizedTest
    @CsvSource({
        "one-core-per-request, 1.5",
        "divide-and-conquer, 2.0",
        "one-request-at-a-time, 1.25",
        "auto, 1.25",
        "srpt, 1.25",
        "las, 2.0"
    })
    void theSeedExperimentInChunks(String name, double mean) {
        SimulationResult outcome = Runs.run(chunked(2, Speedup.LINEAR, policy(name), equal(4, 1), CHUNK));

        assertThat(outcome.meanResponseS()).isCloseTo(mean, within(4 * CHUNK));
    }

    @Test
    void workersOfOneJobFollowTheSpeedup() {
        SimulationResult outcome = Runs.run(chunked(
                2, new Speedup.Amdahl(0.8), policy("one-request-at-a-time", "spill", "false"), equal(4, 1), CHUNK));

        assertThat(outcome.meanResponseS()).isCloseTo(1.5, within(4 * CHUNK));
    }

    @Test
    void singleThreadedJobRunsOnOneWorkerAtATime() {
        SimulationResult outcome =
                Runs.run(chunked(2, new Speedup.Capped(1), policy("one-request-at-a-time"), equal(4, 1), CHUNK));

        assertThat(outcome.meanResponseS()).isCloseTo(1.5, within(4 * CHUNK));
    }

    @Test
    void everyJobEndsUnderEveryPolicy() {
        Workload workload = Workload.poisson(2.5, new SizeDistribution.Exponential(1), 300);
        for (PolicyDefinition kind : Policies.installed().all()) {
            SimulationResult outcome = Runs.run(chunked(4, Speedup.LINEAR, kind.with(Map.of()), workload, 0.1));

            assertThat(outcome.jobs()).as(kind.name()).isEqualTo(300);
        }
    }

    @Test
    void smallChunksApproachFluidShares() {
        Workload workload = Workload.poisson(1.4, new SizeDistribution.Exponential(1), 400);
        for (String name : List.of("one-core-per-request", "one-request-at-a-time", "srpt")) {
            double fluid = Runs.fluid(2, Speedup.LINEAR, policy(name), workload).meanResponseS();
            double chunks = Runs.run(chunked(2, Speedup.LINEAR, policy(name), workload, 0.02))
                    .meanResponseS();

            assertThat(chunks).as(name).isCloseTo(fluid, within(0.05 * fluid));
        }
    }

    @Test
    void hopelessJobsAreRefusedAndTheOthersMeetTheirDeadlines() {
        Map<String, String> soon = Map.of("deadline", "1.5");
        Workload workload = Workload.trace(
                List.of(new Arrival(1, 0, 2, soon), new Arrival(2, 0.1, 2, soon), new Arrival(3, 0.2, 0.2, soon)));

        for (Scenario scenario : List.of(
                Scenario.fluid(2, Speedup.LINEAR, policy("edf"), workload, 1),
                chunked(2, Speedup.LINEAR, policy("edf"), workload, CHUNK))) {
            SimulationResult outcome = Runs.run(scenario);

            assertThat(outcome.refused()).isEqualTo(1);
            assertThat(outcome.perJob())
                    .filteredOn(j -> !j.refused())
                    .extracting(JobOutcome::id)
                    .containsExactly(1L, 3L);
            assertThat(outcome.maxS()).isLessThanOrEqualTo(1.5);
        }
    }

    /** One core: one second in ten chunks, each with a handover of 20 ms. */
    @Test
    void everyChunkCostsAHandover() {
        Scenario scenario = handedOver(1, policy("one-request-at-a-time"), equal(1, 1), 0.1, 20);

        assertThat(Runs.run(scenario).maxS()).isCloseTo(1.2, within(1e-6));
    }

    /**
     * Jobs of size x on c cores, one at a time, in chunks of d with a handover of o: x o / (c d) for handovers and (c -
     * 1) d / (2 c) for idle cores at the end of a request. The sum is smallest at d = sqrt(2 x o / (c - 1)).
     */
    @ParameterizedTest
    @CsvSource({"2, 1", "2, 4", "4, 1"})
    void bestChunkLengthBalancesHandoversAndIdleCores(int cores, double overheadMs) {
        SplittableRandom random = new SplittableRandom(3);
        List<Double> sizes = Stream.generate(() -> new SizeDistribution.Uniform(0.4, 1.6).sample(random))
                .limit(JOBS)
                .toList();
        Workload workload = Workload.batch(sizes);
        double work = sizes.stream().mapToDouble(s -> s).sum();
        double best = Math.sqrt(2 * overheadMs / 1000 / (cores - 1));

        double[] makespan = DoubleStream.of(best / 8, best / 2, best, 2 * best, 8 * best)
                .map(chunkS -> Runs.run(handedOver(
                                cores, policy("one-request-at-a-time", "spill", "false"), workload, chunkS, overheadMs))
                        .makespanS())
                .toArray();

        double expected = work / cores * (1 + overheadMs / 1000 / best) + JOBS * best * (cores - 1) / (2 * cores);
        assertThat(makespan[2]).isCloseTo(expected, within(0.03 * expected));
        assertThat(makespan[1]).isGreaterThan(0.99 * makespan[2]);
        assertThat(makespan[3]).isGreaterThan(0.99 * makespan[2]);
        assertThat(makespan[0]).as("many short chunks").isGreaterThan(1.05 * makespan[2]);
        assertThat(makespan[4]).as("few long chunks").isGreaterThan(1.05 * makespan[2]);
    }

    private static Scenario handedOver(
            int cores, ConfiguredPolicy policy, Workload workload, double chunkS, double handoverMs) {
        return Runs.with(
                chunked(cores, Speedup.LINEAR, policy, workload, chunkS),
                QuotaModel.FLUID,
                ShareGrid.EXACT,
                0,
                handoverMs);
    }

    @Test
    void traceDependsOnlyOnTheSeed() {
        for (boolean dispatch : new boolean[] {false, true}) {
            assertThat(hash(dispatch, 7)).isEqualTo(hash(dispatch, 7)).isNotEqualTo(hash(dispatch, 8));
        }
    }

    private static String hash(boolean dispatch, long seed) {
        Scenario chunks = chunked(
                2,
                Speedup.LINEAR,
                policy("divide-and-conquer"),
                Workload.poisson(1, new SizeDistribution.Exponential(1), 200),
                0.1);
        Scenario scenario = new Scenario(
                chunks.cores(),
                chunks.budgetMilli(),
                chunks.speedup(),
                chunks.policy(),
                chunks.workload(),
                seed,
                chunks.quota(),
                chunks.grid(),
                0,
                0,
                100,
                chunks.maxActive(),
                dispatch,
                chunks.chunkS());
        return Simulator.run(scenario).traceHash();
    }
}
