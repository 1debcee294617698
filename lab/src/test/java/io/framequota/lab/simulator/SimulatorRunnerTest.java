package io.framequota.lab.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.framequota.lab.experiment.ActuatorKind;
import io.framequota.lab.experiment.ContenderResult;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.ExperimentRunner;
import io.framequota.lab.experiment.InvalidExperimentException;
import io.framequota.lab.experiment.Run;
import io.framequota.lab.file.ExperimentFile;
import io.framequota.scheduler.policy.Policies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimulatorRunnerTest {
    private static final String SEED = """
            name: seed
            cores: 2
            workload: { batch: { sizes: [1, 1, 1, 1] } }
            policies: [one-core-per-request, divide-and-conquer, one-request-at-a-time]
            """;

    @TempDir
    private Path folder;

    @Test
    void theSeedExperimentGivesItsThreeMeansAsPredicted() throws Exception {
        List<ContenderResult> results = runExperiment(SEED, 1);

        assertThat(results).extracting(ContenderResult::meanResponseS).containsExactly(1.5, 2.0, 1.25);
        assertThat(results)
                .allSatisfy(r -> assertThat(r.deviation().orElseThrow()).isCloseTo(0, within(1e-9)));
    }

    /** Closed forms of one core: (1 + 2 + 3 + 4) / 4, and 4 for equal shares. */
    @ParameterizedTest
    @ValueSource(strings = {"quota", "weight", "dispatch"})
    void twoCoresBesideAStreamOfOneCoreGiveWhatOneCoreGives(String actuator) throws Exception {
        String settings = "actuator: " + actuator + "\nsimulate: { chunk_s: 0.02 }\n";
        List<ContenderResult> beside = runExperiment(
                SEED.replace("[1, 1, 1, 1] }", "[1, 1, 1, 1] }, streams: [{ fps: 10, cost_ms: 100 }]") + settings, 1);
        List<ContenderResult> alone = runExperiment(SEED.replace("cores: 2", "cores: 1") + settings, 1);

        assertThat(beside).extracting(ContenderResult::meanResponseS).hasSize(3);
        for (int i = 0; i < beside.size(); i++) {
            assertThat(beside.get(i).meanResponseS())
                    .as(beside.get(i).label())
                    .isCloseTo(alone.get(i).meanResponseS(), within(1e-9));
            assertThat(beside.get(i).predictedMeanS())
                    .as("prediction of " + beside.get(i).label())
                    .isEqualTo(alone.get(i).predictedMeanS());
        }
        if (!actuator.equals("dispatch")) {
            assertThat(beside).extracting(ContenderResult::meanResponseS).containsExactly(2.5, 4.0, 2.5);
        }
    }

    @Test
    void aStreamThatEndsGivesItsCoresBack() throws Exception {
        // One core until second 1, then two: one at a time ends at 1, 1.5, 2 and 2.5 s.
        List<ContenderResult> results = runExperiment(
                SEED.replace(
                        "[1, 1, 1, 1] }", "[1, 1, 1, 1] }, streams: [{ fps: 25, every: 5, cost_ms: 200, to_s: 1 }]"),
                1);

        assertThat(results.get(2).meanResponseS()).isCloseTo((1 + 1.5 + 2 + 2.5) / 4, within(1e-9));
        // Equal shares: 1 s of work by second 1, the other 3 s on two cores.
        assertThat(results.get(1).meanResponseS()).isCloseTo(2.5, within(1e-9));
    }

    @Test
    void streamsThatDoNotFitAreRefusedWithTheFigures() {
        assertThatThrownBy(() -> runExperiment(
                        SEED.replace(
                                "[1, 1, 1, 1] }",
                                "[1, 1, 1, 1] }, streams: [{ fps: 10, cost_ms: 150 }, { fps: 10, cost_ms: 80 }]"),
                        1))
                .isInstanceOf(InvalidExperimentException.class)
                .hasMessageContaining(
                        "stream 2 needs 800m (10 frames/s x 80 ms), but 500m of 2000m are free beside 1 other");
    }

    @Test
    void theStaircaseAnswersEqualSharesEarlierThanTheFluidModel() throws Exception {
        List<ContenderResult> results = runExperiment(SEED + "simulate: { quota: staircase }\n", 1);

        assertThat(results.get(1).meanResponseS()).isCloseTo(1.95, within(1e-9));
        assertThat(results.get(1).predictedMeanS()).hasValue(2.0);
        assertThat(results.get(1).median(Run::throttledS)).isPositive();
    }

    @Test
    void chunksAreDispatchedInThePolicysOrder() throws Exception {
        List<ContenderResult> results = runExperiment(SEED + "actuator: dispatch\n", 1);

        assertThat(results.get(2).meanResponseS()).isLessThan(results.get(0).meanResponseS());
        assertThat(results.get(0).meanResponseS()).isLessThan(results.get(1).meanResponseS());
    }

    @Test
    void chunksAreAsTheoryOfChunksSays() throws Exception {
        List<ContenderResult> results = runExperiment("""
                name: chunks
                cores: 2
                workload: { batch: { sizes: [1, 0.7, 1.3, 0.9] } }
                actuator: dispatch
                simulate: { chunk_s: 0.02, handover_ms: 2 }
                sweep: { field: simulate.chunk_s, values: [0.4, 0.1, 0.02, 0.002] }
                policies:
                  - one-core-per-request
                  - divide-and-conquer
                  - one-request-at-a-time
                  - { name: one-request-at-a-time, spill: "false" }
                """, 1);

        assertThat(results)
                .hasSize(16)
                .allSatisfy(r -> assertThat(Math.abs(r.deviation().orElseThrow()))
                        .as("%s in chunks of %s", r.label(), r.variant())
                        .isLessThan(0.03));
    }

    @Test
    void tenantsShareWhateverEachAsksFor() throws Exception {
        List<ContenderResult> results = runExperiment("""
                name: tenants
                cores: 2
                workload:
                  batch:
                    - { size: 1, count: 6, labels: { tenant: a } }
                    - { size: 1, count: 2, labels: { tenant: b } }
                policies: [divide-and-conquer, weighted-fair, one-core-per-request]
                """, 1);

        assertThat(results).extracting(r -> mean(r, "a")).containsExactly(4.0, 4.0, 2.0);
        assertThat(results).extracting(r -> mean(r, "b")).containsExactly(4.0, 2.0, 4.0);
    }

    private static double mean(ContenderResult result, String tenant) {
        double mean = result.runs().getFirst().jobs().stream()
                .filter(j -> tenant.equals(j.labels().get("tenant")))
                .mapToDouble(Run.JobRun::responseS)
                .average()
                .orElseThrow();
        return Math.round(mean * 1e6) / 1e6;
    }

    @Test
    void whatCannotBeInTimeIsRefused() throws Exception {
        Run run = runExperiment("""
                name: deadlines
                cores: 1
                workload: { batch: { sizes: [1, 1, 1], labels: { deadline: 2 } } }
                policies: [edf]
                """, 1).getFirst().runs().getFirst();

        assertThat(run.refused()).isEqualTo(1);
        assertThat(run.summary().maxS()).isCloseTo(2, within(1e-9));
    }

    @Test
    void ofManyJobsOnlyWhatAReportShowsIsKept() throws Exception {
        Run run = runExperiment("""
                name: many
                cores: 1
                workload: { poisson: { rate: 0.5, sizes: { exponential: 1 }, count: 30000 } }
                policies: [one-core-per-request]
                """, 1).getFirst().runs().getFirst();

        assertThat(run.jobs()).isEmpty();
        assertThat(run.responses()).hasSize(2000).isSorted();
        assertThat(run.responses().getLast()).isEqualTo(run.summary().maxS());
        assertThat(run.responses().get(999)).isEqualTo(run.summary().p50S());
    }

    @Test
    void anInterruptEndsARun() throws Exception {
        Experiment experiment = read(SEED);

        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> new SimulatorRunner()
                        .run(
                                experiment,
                                ActuatorKind.QUOTA,
                                experiment.policies().getFirst(),
                                1))
                .isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void aRunTellsWhoHadWhatAndEveryJob() throws Exception {
        Run run = runExperiment(SEED, 1).get(1).runs().getFirst();

        assertThat(run.jobs()).extracting(Run.JobRun::endS).containsOnly(2.0);
        assertThat(run.changes()).contains(new Run.Change(0, 3, 500), new Run.Change(2.0, 3, 0));
        assertThat(run.cpuS()).isCloseTo(4, within(1e-9));
    }

    @Test
    void everyRepeatHasASeedOfItsOwn() throws Exception {
        List<ContenderResult> results = runExperiment(
                "name: p\nseed: 5\ncores: 1\nworkload: { poisson: { rate: 0.5, sizes: { exponential: 1 }, count: 200 } }\n"
                        + "policies: [srpt]\n",
                3);

        assertThat(results.getFirst().runs()).extracting(Run::seed).containsExactly(5L, 6L, 7L);
        assertThat(results.getFirst().runs())
                .extracting(r -> r.summary().meanS())
                .doesNotHaveDuplicates();
    }

    @Test
    void theGapToTheYardstickOfTheBestIsNothing() throws Exception {
        List<ContenderResult> results = runExperiment(SEED, 1);

        assertThat(results.get(2).gap().orElseThrow()).isCloseTo(0, within(1e-6));
        assertThat(results.get(1).gap().orElseThrow()).isCloseTo(0.6, within(1e-6));
    }

    @Test
    void predictionsForAMachineUseItsScaledBudget() throws Exception {
        Experiment experiment = read(SEED);

        double predicted = new SimulatorPredictor()
                .meanResponseS(
                        experiment,
                        ActuatorKind.QUOTA,
                        Policies.installed().choose("divide-and-conquer", Map.of()),
                        1,
                        0.5,
                        4,
                        0)
                .orElseThrow();

        // 0.5 CPU seconds at 250m: 19 whole periods and the last 25 ms.
        assertThat(predicted).isCloseTo(1.925, within(1e-9));
    }

    @Test
    void underWeightsEveryEndLiesOnTheStaircaseOfTheWholeBudget() throws Exception {
        double predicted = new SimulatorPredictor()
                .meanResponseS(
                        read(SEED),
                        ActuatorKind.WEIGHT,
                        Policies.installed().choose("one-request-at-a-time", Map.of()),
                        1,
                        0.5,
                        4,
                        0)
                .orElseThrow();

        // Ends at 0.45, 0.95, 1.45 and 1.95: two threads use up 100 ms of CPU in the first half of each period.
        assertThat(predicted).isCloseTo(1.2, within(1e-9));
    }

    @Test
    void theScaleOfADispatchedRunIsInItsSizes() throws Exception {
        double predicted = new SimulatorPredictor()
                .meanResponseS(
                        read(SEED),
                        ActuatorKind.DISPATCH,
                        Policies.installed().choose("one-core-per-request", Map.of()),
                        1,
                        0.5,
                        4,
                        0)
                .orElseThrow();

        assertThat(predicted).isCloseTo(0.75, within(1e-9));
    }

    @Test
    void whatTheSimulatorRefusesIsSaidInOneLine() throws Exception {
        Experiment experiment = read(SEED + "actuator: dispatch\nsimulate: { chunk_s: 1.0e-9 }\n");

        assertThatThrownBy(() -> new SimulatorRunner()
                        .run(
                                experiment,
                                ActuatorKind.DISPATCH,
                                experiment.policies().getFirst(),
                                1))
                .isInstanceOf(InvalidExperimentException.class)
                .hasMessageStartingWith("seed: the size of a chunk");
    }

    private List<ContenderResult> runExperiment(String text, int repeats) throws IOException, InterruptedException {
        try (SimulatorRunner runner = new SimulatorRunner()) {
            return new ExperimentRunner(runner, new SimulatedYardsticks(), progress -> {}).run(all(text), repeats);
        }
    }

    private Experiment read(String text) throws IOException {
        return all(text).getFirst();
    }

    private List<Experiment> all(String text) throws IOException {
        Path file = folder.resolve("x.yaml");
        Files.writeString(file, text);
        return new ExperimentFile(file, "x.yaml").read();
    }
}
