package io.framequota.lab.videos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.framequota.lab.experiment.ActuatorKind;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.Run;
import io.framequota.lab.experiment.RunFailedException;
import io.framequota.lab.file.ExperimentFile;
import io.framequota.lab.simulator.SimulatorPredictor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VideoRunnerTest {
    /** What a loaded machine may take to submit a request. */
    private static final double LATE_S = 0.9;

    @TempDir
    private Path folder;

    private final List<SystemSettings> started = new ArrayList<>();
    private FakeSystem system;

    @BeforeEach
    void aSystem() throws IOException {
        system = new FakeSystem();
    }

    @AfterEach
    void itEnds() {
        system.close();
    }

    @Test
    void aResponseGoesFromTheIntendedTimeToTheEndThatTheServerTells() throws Exception {
        Experiment three = experiment("sources: [http://a/a.mp4, http://a/b.mp4], count: 3, arrivals: [0, 0, 0.3]");

        Run run = run(three, 0);

        assertThat(run.jobs()).extracting(Run.JobRun::id).containsExactly(1L, 2L, 3L);
        assertThat(run.jobs()).extracting(Run.JobRun::arrivalS).containsExactly(0.0, 0.0, 0.3);
        // The third begins when the second has ended, a tenth of a second after it has come.
        assertThat(run.jobs().get(0).responseS()).isBetween(0.2, 0.2 + LATE_S);
        assertThat(run.jobs().get(1).responseS()).isBetween(0.4, 0.4 + LATE_S);
        assertThat(run.jobs().get(2).responseS()).isBetween(0.3, 0.3 + LATE_S);
        assertThat(run.summary().makespanS()).isBetween(0.6, 0.6 + LATE_S);
        assertThat(sources()).endsWith("http://a/a.mp4", "http://a/b.mp4", "http://a/a.mp4");
    }

    @Test
    void aRunHasEachJobsFirstForecastAndTheSchedulersReplay() throws Exception {
        Run run = run(experiment("sources: [http://a/a.mp4]"), 0);

        assertThat(run.jobs().getFirst().forecast())
                .hasValue(new Run.Forecast(0.25, Optional.of(new Run.Range(0.2, 0.3))));
        assertThat(run.replayedMeansS()).containsExactly(Map.entry("srpt", 0.3));
    }

    @Test
    void withARateEachSeedSubmitsTheSameVideosAtOtherTimes() throws Exception {
        Experiment drawn = experiment("sources: [http://a/a.mp4, http://a/b.mp4], every: [1, 4], count: 4, rate: 20");

        List<Double> first =
                run(drawn, 0).jobs().stream().map(Run.JobRun::arrivalS).toList();

        assertThat(first).isSorted().doesNotHaveDuplicates().allMatch(at -> at > 0);
        assertThat(system.submitted.subList(system.submitted.size() - 4, system.submitted.size()))
                .allMatch(s ->
                        s.path("every").asInt() == (s.path("source").asText().endsWith("a.mp4") ? 1 : 4))
                .filteredOn(s -> s.path("every").asInt() == 4)
                .hasSize(2);
    }

    @Test
    void beforeTheFirstRunEachVideoIsMeasuredAloneOnAWarmSystem() throws Exception {
        Experiment two = experiment("sources: [http://a/a.mp4, http://a/b.mp4], every: 3");
        try (VideoRunner runner = runner(two)) {
            runner.run(two, ActuatorKind.DISPATCH, two.policies().get(0), 1);
            runner.run(two, ActuatorKind.DISPATCH, two.policies().get(1), 2);

            assertThat(runner.facts())
                    .containsKeys("alone: http://a/a.mp4, one frame in 3", "alone: http://a/b.mp4, one frame in 3");
        }

        String a = "http://a/a.mp4";
        String b = "http://a/b.mp4";
        assertThat(sources()).containsExactly(a, b, a, b, a, b, a, b);
        assertThat(system.submitted).allMatch(s -> s.path("every").asInt() == 3);
        assertThat(system.chosen)
                .extracting(c -> c.path("policy").asText())
                .containsExactly(
                        "divide-and-conquer", "divide-and-conquer", "one-request-at-a-time", "one-core-per-request");
        assertThat(system.chosen).extracting(c -> c.path("actuator").asText()).containsOnly("dispatch");
        assertThat(system.chosen.get(2).path("parameters").path("order").asText())
                .isEqualTo("shortest-first");
        assertThat(started).hasSize(1);
        assertThat(system.closed).isTrue();
    }

    @Test
    void whatARequestCostAloneSaysWhatManyWillTake() throws Exception {
        // Alone it takes 0.2 s longer than the 0.3 s in which two processors do 0.6 s of work.
        system.jobS = 0.5;
        system.perJob = new VideoSystem.Used(0.4, 0.6);
        Experiment two = experiment("sources: [http://a/a.mp4], count: 2");

        Run run = run(two, 0);

        assertThat(run.predictedMeanS().orElseThrow()).isBetween(0.6, 0.7 + LATE_S);
        assertThat(run.jobs())
                .extracting(Run.JobRun::sizeS)
                .allSatisfy(s -> assertThat(s).isCloseTo(0.6, within(1e-9)));
        assertThat(run.cpuS()).isCloseTo(1.2, within(1e-9));
    }

    @Test
    void nothingIsPredictedWhereNobodyKnowsWhatProcessesUse() throws Exception {
        Run run = run(experiment("sources: [http://a/a.mp4]"), 0);

        assertThat(run.predictedMeanS()).isEmpty();
    }

    @Test
    void whoHadWhichMillicoresIsWhatTheGrantsSay() throws Exception {
        Run run = run(experiment("sources: [http://a/a.mp4], count: 2"), 0);

        assertThat(run.changes()).extracting(Run.Change::millicores).startsWith(1000.0);
        assertThat(run.changes()).extracting(Run.Change::atS).isSorted();
        double second = run.changes().stream()
                .filter(c -> c.job() == 2 && c.millicores() > 0)
                .findFirst()
                .orElseThrow()
                .atS();
        assertThat(second).isGreaterThanOrEqualTo(run.jobs().get(0).endS() - 0.001);
        assertThat(run.changes().getLast().millicores()).isZero();
    }

    @Test
    void aJobThatFailsEndsTheExperimentAndTheLogsAreKept() throws Exception {
        Experiment two = experiment("sources: [http://a/a.mp4, http://a/b.mp4]");
        // Each is run alone twice before: the second time it does not cost less.
        system.fails = 6;

        assertThatThrownBy(() -> run(two, 0))
                .isInstanceOf(RunFailedException.class)
                .hasMessage("request 2 (http://a/b.mp4) failed: no frame could be read");
        assertThat(system.kept).isTrue();
        assertThat(system.closed).isTrue();
    }

    @Test
    void aRunDuringWhichAProcessEndedDoesNotCount() throws Exception {
        system.restartsAt = 3;

        assertThatThrownBy(() -> run(experiment("sources: [http://a/a.mp4]"), 0))
                .isInstanceOf(RunFailedException.class)
                .hasMessageContaining("a process of the system ended during a run");
    }

    @Test
    void withSharesThereAreWorkersForEveryRequestOfTheLargestVariant() throws Exception {
        Experiment experiment = experiment("sources: [http://a/a.mp4], count: 5");
        Experiment both = experiment.under(List.of(ActuatorKind.DISPATCH, ActuatorKind.WEIGHT));
        try (VideoRunner runner = runner(both)) {
            runner.run(both, ActuatorKind.WEIGHT, both.policies().get(1), 1);
        }

        assertThat(started.getFirst().workers()).isEqualTo(5);
        assertThat(system.chosen.getLast().path("actuator").asText()).isEqualTo("weight");
        assertThat(SystemSettings.of(experiment, ActuatorKind.DISPATCH, List.of(experiment))
                        .workers())
                .isEqualTo(2);
    }

    private Run run(Experiment experiment, int policy) throws InterruptedException {
        try (VideoRunner runner = runner(experiment)) {
            return runner.run(
                    experiment, ActuatorKind.DISPATCH, experiment.policies().get(policy), 1);
        }
    }

    private VideoRunner runner(Experiment experiment) {
        return new VideoRunner(
                settings -> {
                    started.add(settings);
                    return system;
                },
                new SimulatorPredictor(),
                List.of(experiment),
                2,
                line -> {});
    }

    private List<String> sources() {
        return system.submitted.stream()
                .map((JsonNode s) -> s.path("source").asText())
                .toList();
    }

    private Experiment experiment(String videos) throws IOException {
        Path file = folder.resolve("x.yaml");
        Files.writeString(file, """
                name: x
                cores: 2
                workload: { videos: { %s } }
                policies: [{ name: one-request-at-a-time, order: shortest-first }, one-core-per-request]
                """.formatted(videos));
        return new ExperimentFile(file, "x.yaml").read().getFirst();
    }
}
