package io.framequota.scheduler.simulator;

import static io.framequota.scheduler.simulator.Runs.batch;
import static io.framequota.scheduler.simulator.Runs.chunked;
import static io.framequota.scheduler.simulator.Runs.completions;
import static io.framequota.scheduler.simulator.Runs.equal;
import static io.framequota.scheduler.simulator.Runs.fluid;
import static io.framequota.scheduler.simulator.Runs.policy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.framequota.scheduler.dispatch.DispatchEvent;
import io.framequota.scheduler.dispatch.WorkerFleet;
import io.framequota.scheduler.policy.Policies;
import io.framequota.scheduler.policy.PolicyDefinition;
import io.framequota.scheduler.policy.Speedup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Jobs beside live streams, with the production dispatcher and with shares as quotas. */
class StreamsTest {
    private static final double FOR_EVER = Double.POSITIVE_INFINITY;
    private static final SimulatedStream ONE_CORE = new SimulatedStream(10, 1, 100, 0, FOR_EVER);

    static List<String> policies() {
        return Policies.installed().serving().stream()
                .map(PolicyDefinition::name)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("policies")
    void twoCoresBesideAStreamOfOneCoreAreOneCoreInChunks(String name) {
        Workload jobs = batch(1, 0.5, 0.25, 1);

        SimulationResult beside =
                Runs.run(chunked(2, Speedup.LINEAR, policy(name), jobs.beside(List.of(ONE_CORE)), 0.05));
        SimulationResult alone = Runs.run(chunked(1, Speedup.LINEAR, policy(name), jobs, 0.05));

        assertThat(completions(beside)).containsExactly(completions(alone), within(1e-6));
    }

    @ParameterizedTest
    @MethodSource("policies")
    void twoCoresBesideAStreamOfOneCoreAreOneCoreInShares(String name) {
        Workload jobs = batch(1, 0.5, 0.25, 1);

        SimulationResult beside = fluid(2, Speedup.LINEAR, policy(name), jobs.beside(List.of(ONE_CORE)));
        SimulationResult alone = fluid(1, Speedup.LINEAR, policy(name), jobs);

        assertThat(completions(beside)).containsExactly(completions(alone), within(1e-9));
    }

    @Test
    void fourSecondsOfWorkBesideOneAndAHalfCoresTakeEightSeconds() {
        SimulatedStream large = new SimulatedStream(15, 1, 100, 0, FOR_EVER);

        SimulationResult result = fluid(
                2, Speedup.LINEAR, policy("divide-and-conquer"), equal(4, 1).beside(List.of(large)));

        assertThat(result.makespanS()).isCloseTo(8, within(1e-9));
        assertThat(result.mostHeldMilli()).isCloseTo(500, within(1e-9));
    }

    @Test
    void anOpeningStreamTakesItsCoresAndAnEndingOneGivesThemBack() {
        // Two cores until 1 s, one core until 2 s, two cores afterwards: 2 + 1 + 2 x 0.5 = 4 s of work.
        SimulatedStream second = new SimulatedStream(20, 2, 100, 1, 2);

        SimulationResult shares = fluid(
                2, Speedup.LINEAR, policy("divide-and-conquer"), equal(4, 1).beside(List.of(second)));
        SimulationResult chunks = Runs.run(chunked(
                2, Speedup.LINEAR, policy("divide-and-conquer"), equal(4, 1).beside(List.of(second)), 0.01));

        assertThat(shares.makespanS()).isCloseTo(2.5, within(1e-9));
        // In chunks: one that runs when the stream opens goes on at a tenth of a core.
        assertThat(chunks.makespanS()).isBetween(2.45, 2.56);
    }

    @Test
    void aHalfReservedWorkerIsHalfAsFast() {
        SimulatedStream half = new SimulatedStream(10, 1, 50, 0, FOR_EVER);

        SimulationResult one = Runs.run(chunked(
                1, Speedup.LINEAR, policy("one-request-at-a-time"), equal(2, 1).beside(List.of(half)), 0.05));
        SimulationResult two = Runs.run(chunked(
                2, Speedup.LINEAR, policy("one-request-at-a-time"), equal(3, 1).beside(List.of(half)), 0.01));

        assertThat(one.makespanS()).isCloseTo(4, within(1e-6));
        assertThat(two.makespanS()).isBetween(2.0, 2.05);
    }

    @Test
    void jobsThatAStreamLeavesNothingWaitForItsEnd() {
        SimulatedStream all = new SimulatedStream(20, 1, 100, 0, 3);

        assertThat(fluid(2, Speedup.LINEAR, policy("srpt"), batch(1).beside(List.of(all)))
                        .maxS())
                .isCloseTo(3.5, within(1e-9));
        assertThatThrownBy(() ->
                        Simulator.run(chunked(2, Speedup.LINEAR, policy("srpt"), batch(1).beside(List.of(all)), 0.1)))
                .as("one worker cannot give two cores")
                .isInstanceOf(ScenarioException.class)
                .hasMessageContaining("needs 2000m (20 frames/s x 100 ms)")
                .hasMessageContaining("no worker has more than 1000m");
        List<SimulatedStream> both =
                List.of(new SimulatedStream(10, 1, 100, 0, 3), new SimulatedStream(10, 1, 100, 0, 3));
        assertThat(Runs.run(chunked(2, Speedup.LINEAR, policy("srpt"), batch(1).beside(both), 0.1))
                        .maxS())
                .isCloseTo(3.5, within(1e-6));
    }

    @Test
    void edfRefusesWhatItCouldOnlyServeWithoutTheStream() {
        Workload urgent = Workload.trace(List.of(new Arrival(1, 0, 1.5, Map.of("deadline", "1"))));

        assertThat(refused(urgent)).isZero();
        assertThat(refused(urgent.beside(List.of(ONE_CORE)))).isEqualTo(1);
    }

    private static int refused(Workload jobs) {
        return Simulator.run(Scenario.fluid(2, Speedup.LINEAR, policy("edf"), jobs, 1))
                .refused();
    }

    @Test
    void workersWithSharesAsLimitsShareWhatStreamsLeave() {
        Workload jobs = equal(4, 1).beside(List.of(ONE_CORE));
        WorkerFleet fleet = new WorkerFleet(List.of(1, 1), 2000, DispatchEvent.SharesEnforced.LIMITS);

        SimulationResult result =
                Simulator.run(chunked(2, Speedup.LINEAR, policy("divide-and-conquer"), jobs, 0.05), fleet, 10);

        assertThat(result.makespanS()).isCloseTo(4, within(1e-6));
    }

    @Test
    void forecastsKnowWhatStreamsHold() {
        Scenario scenario = chunked(
                2, Speedup.LINEAR, policy("one-request-at-a-time"), equal(4, 1).beside(List.of(ONE_CORE)), 0.05);

        SimulationResult result = Simulator.forecasting(scenario, change -> {}, 10);

        assertThat(result.perJob())
                .hasSize(4)
                .allSatisfy(j -> assertThat(j.forecastS()).isCloseTo(j.responseS(), within(0.02)));
    }

    /** Whatever streams come and go, every job ends, and the work done is the work that arrived. */
    @Property(tries = 60)
    void everyJobEndsBesideAnyStreams(@ForAll long seed) {
        Random random = new Random(seed);
        List<String> names = policies();
        String name = names.get(random.nextInt(names.size()));
        int cores = 1 + random.nextInt(4);
        double[] sizes = random.doubles(1 + random.nextInt(6), 0.05, 1.5).toArray();
        List<SimulatedStream> streams = new ArrayList<>();
        int left = 1000 * cores;
        for (int i = 0; i < random.nextInt(4); i++) {
            double fromS = random.nextInt(3) == 0 ? 0 : 2 * random.nextDouble();
            SimulatedStream stream = new SimulatedStream(
                    1 + random.nextInt(20),
                    1 + random.nextInt(3),
                    1 + random.nextInt(60),
                    fromS,
                    fromS + 0.1 + 3 * random.nextDouble());
            left -= stream.demand().millicores();
            if (left >= 0 && stream.demand().millicores() <= 1000 / 3) {
                streams.add(stream);
            }
        }
        Workload jobs = batch(sizes).beside(streams);

        SimulationResult chunks = Runs.longRun(chunked(cores, Speedup.LINEAR, policy(name), jobs, 0.05));
        SimulationResult shares = Runs.longRun(Scenario.fluid(cores, Speedup.LINEAR, policy(name), jobs, 1));

        assertThat(chunks.jobs()).isEqualTo(sizes.length);
        assertThat(shares.jobs()).isEqualTo(sizes.length);
        double alone = Runs.longRun(Scenario.fluid(cores, Speedup.LINEAR, policy(name), batch(sizes), 1))
                .makespanS();
        assertThat(shares.makespanS()).as("streams make nothing faster").isGreaterThanOrEqualTo(alone - 1e-9);
    }
}
