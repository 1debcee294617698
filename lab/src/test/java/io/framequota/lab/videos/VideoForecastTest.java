package io.framequota.lab.videos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.framequota.lab.experiment.ActuatorKind;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.VideoWorkload;
import io.framequota.lab.file.ExperimentFile;
import io.framequota.lab.simulator.SimulatorPredictor;
import io.framequota.scheduler.quota.Actuator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VideoForecastTest {
    private static final SystemSettings TWO_CORES = new SystemSettings(2, 2, 2000, Actuator.DISPATCH, Optional.empty());

    /** Four such are the seed experiment: one second of CPU each. */
    private static final SoloRun ONE_SECOND = new SoloRun(0.5, 120, 50, new VideoSystem.Used(0.4, 1));

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"one-core-per-request, 1.5", "divide-and-conquer, 2.0", "one-request-at-a-time, 1.25"})
    void fourEqualVideosAreTheSeedExperiment(String policy, double meanS) throws IOException {
        assertThat(mean(policy, ONE_SECOND, 4)).isCloseTo(meanS, within(0.05));
    }

    @Test
    void whatARequestAloneTakesBeyondItsWorkIsAddedOnce() throws IOException {
        SoloRun late = new SoloRun(0.8, 120, 50, ONE_SECOND.used());

        assertThat(mean("one-request-at-a-time", late, 4) - mean("one-request-at-a-time", ONE_SECOND, 4))
                .isCloseTo(0.3, within(0.02));
    }

    @Test
    void onAMachineWithProcessorsToSpareTheServersAreTheBottleneck() {
        assertThat(ONE_SECOND.sizeS(TWO_CORES, 2)).isEqualTo(1);
        assertThat(ONE_SECOND.sizeS(TWO_CORES, 16)).isCloseTo(0.4, within(1e-9));
        SystemSettings half = new SystemSettings(2, 2, 500, Actuator.QUOTA, Optional.empty());
        assertThat(ONE_SECOND.sizeS(half, 2)).isCloseTo(1.6, within(1e-9));
    }

    private double mean(String policy, SoloRun soloRun, int count) throws IOException {
        Path file = folder.resolve("x.yaml");
        Files.writeString(file, """
                name: x
                cores: 2
                workload: { videos: { sources: [a.mp4], count: %d } }
                policies: [%s]
                """.formatted(count, policy));
        Experiment experiment = new ExperimentFile(file, "x.yaml").read().getFirst();
        return new VideoForecast(new SimulatorPredictor(), TWO_CORES, 2)
                .meanS(
                        experiment,
                        VideoWorkload.of(experiment).orElseThrow(),
                        ActuatorKind.DISPATCH,
                        experiment.policies().getFirst(),
                        1,
                        Collections.nCopies(count, soloRun))
                .orElseThrow();
    }
}
