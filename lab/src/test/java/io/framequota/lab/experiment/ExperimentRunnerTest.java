package io.framequota.lab.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.lab.file.ExperimentFile;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExperimentRunnerTest {
    @TempDir
    private Path folder;

    private final List<String> events = new ArrayList<>();
    private final ProgressListener progress = new ProgressListener() {
        @Override
        public void begins(String words) {
            events.add(words);
        }

        @Override
        public void ended(ContenderResult one) {
            events.add(one.policy().name() + " " + one.runs().getFirst().seed());
        }
    };

    @Test
    void everyRunIsToldBeforeTheNextBegins() throws Exception {
        runExperiment((n, seed) -> run(seed));

        assertThat(events)
                .containsExactly(
                        "run 1 of 4: las, quota",
                        "las 1",
                        "run 2 of 4: srpt, quota",
                        "srpt 1",
                        "run 3 of 4: las, quota",
                        "las 2",
                        "run 4 of 4: srpt, quota",
                        "srpt 2");
    }

    @Test
    void whatEndedBeforeAFailureWasTold() {
        assertThatThrownBy(() -> runExperiment((n, seed) -> {
                    if (n == 3) {
                        throw new RunFailedException("it failed");
                    }
                    return run(seed);
                }))
                .isInstanceOf(RunFailedException.class);

        assertThat(events).filteredOn(t -> !t.startsWith("run")).containsExactly("las 1", "srpt 1");
    }

    @Test
    void anInterruptBetweenTwoRunsEndsTheExperiment() {
        assertThatThrownBy(() -> runExperiment((n, seed) -> {
                    Thread.currentThread().interrupt();
                    return run(seed);
                }))
                .isInstanceOf(InterruptedException.class);
        assertThat(events).containsExactly("run 1 of 4: las, quota", "las 1");
    }

    /** The n-th run. */
    private interface Nth {
        Run run(int n, long seed);
    }

    private void runExperiment(Nth nth) throws IOException, InterruptedException {
        Path file = folder.resolve("x.yaml");
        Files.writeString(file, "name: x\ncores: 1\nworkload: { batch: { sizes: [1] } }\npolicies: [las, srpt]\n");
        PolicyRunner runner = new PolicyRunner() {
            private int runs;

            @Override
            public Run run(Experiment experiment, ActuatorKind actuator, ConfiguredPolicy policy, long seed) {
                return nth.run(++runs, seed);
            }

            @Override
            public void close() {
                // Nothing was started.
            }
        };
        new ExperimentRunner(runner, (e, a) -> Optional.empty(), progress)
                .run(new ExperimentFile(file, "x.yaml").read(), 2);
    }

    private static Run run(long seed) {
        Run.Summary summary = new Run.Summary(1, 1, 1, 1, 1, 1);
        return new Run(
                seed,
                summary,
                0,
                List.of(),
                List.of(),
                List.of(),
                0,
                1,
                0,
                OptionalDouble.empty(),
                0,
                Map.of(),
                Map.of());
    }
}
