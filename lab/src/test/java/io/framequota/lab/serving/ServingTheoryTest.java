package io.framequota.lab.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.InvalidExperimentException;
import io.framequota.lab.experiment.Run;
import io.framequota.lab.experiment.ServingMetric;
import io.framequota.lab.experiment.ServingMode;
import io.framequota.lab.file.ExperimentFile;
import io.framequota.scheduler.simulator.Arrival;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServingTheoryTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(textBlock = """
            sequential,       waiting,   5.5, 1, 10
            virtual-threads,  waiting,   1,   1, 1
            platform-threads, waiting,   1,   1, 1
            processes,        waiting,   1,   1, 1
            sequential,       computing, 5.5, 1, 10
            virtual-threads,  computing, 3,   1, 5
            platform-threads, computing, 5,   5, 5
            processes,        computing, 5,   5, 5
            """)
    void tenRequestsOfASecondOnTwoCores(String mode, String kind, double mean, double service, double makespan)
            throws IOException {
        Run run = serve("workload: { kind: " + kind + ", batch: { size: 1, count: 10 } }\nserving: [" + mode + "]\n");

        assertThat(run.summary().meanS()).isCloseTo(mean, within(1e-9));
        assertThat(run.predictedMeanS().orElseThrow()).isCloseTo(mean, within(1e-9));
        assertThat(run.measures().get(ServingMetric.SERVICE_S).measured()).isCloseTo(service, within(1e-9));
        assertThat(run.summary().makespanS()).isCloseTo(makespan, within(1e-9));
        assertThat(run.cpuS()).isEqualTo(kind.equals("computing") ? 10 : 0);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "3, 1.46875", "4, 2", "5, 2.40625", "8, 4", "16, 8"})
    void eachFurtherDaemonMakesARequestLongerFromItsStart(int workers, double service) throws IOException {
        Run run = serve("workload: { batch: { size: 1, count: 16 } }\nserving: [{ name: daemons, workers: " + workers
                + " }]\n");

        assertThat(run.measures().get(ServingMetric.SERVICE_S).measured()).isCloseTo(service, within(1e-9));
        assertThat(run.summary().makespanS())
                .isCloseTo(workers == 1 ? 16 : 8, within(workers == 3 || workers == 5 ? 0.5 : 1e-9));
    }

    @Test
    void theClosedFormAgreesWithServingThemOneByOne() {
        for (int n = 1; n <= 20; n++) {
            for (int servers = 1; servers <= n; servers++) {
                List<Arrival> arrivals = java.util.stream.IntStream.rangeClosed(1, n)
                        .mapToObj(i -> new Arrival(i, 0, 0.7, Map.of()))
                        .toList();
                List<ServedRequest> served = ProcessorSharingSimulation.serve(arrivals, servers, 3);
                BatchRounds closed = BatchRounds.of(n, 0.7, servers, 3);

                assertThat(served).hasSize(n);
                assertThat(served.stream()
                                .mapToDouble(ServedRequest::endS)
                                .average()
                                .orElseThrow())
                        .isCloseTo(closed.meanS(), within(1e-9));
                assertThat(served.stream()
                                .mapToDouble(ServedRequest::serviceS)
                                .average()
                                .orElseThrow())
                        .isCloseTo(closed.serviceS(), within(1e-9));
                assertThat(served.stream()
                                .mapToDouble(ServedRequest::endS)
                                .max()
                                .orElseThrow())
                        .isCloseTo(closed.makespanS(), within(1e-9));
            }
        }
    }

    @Test
    void aRequestThatComesLaterSharesFromThenOn() {
        List<ServedRequest> served = ProcessorSharingSimulation.serve(
                List.of(new Arrival(1, 0, 2, Map.of()), new Arrival(2, 1, 0.5, Map.of())), 2, 1);

        assertThat(served).extracting(ServedRequest::endS).containsExactly(2.5, 2.0);
        assertThat(served).extracting(ServedRequest::beginS).containsExactly(0.0, 1.0);
    }

    @Test
    void withoutAClosedFormThePredictionIsTheFluidValue() throws IOException {
        Run run = serve("workload: { batch: { sizes: [1, 2, 3] } }\nserving: [platform-threads]\n");

        assertThat(run.summary().meanS()).isCloseTo((1.5 + 2.5 + 3.5) / 3, within(1e-9));
        assertThat(run.predictedMeanS().orElseThrow()).isEqualTo(run.summary().meanS());
    }

    @ParameterizedTest
    @CsvSource({
        // quota, threads, spin: the staircase of the quota with 1 s of work, and with the time that spinning burns.
        "500, 1, false, 1.950, 1",
        "500, 2, false, 1.925, 1",
        "1500, 2, false, 0.650, 1",
        "250, 1, false, 3.925, 1",
        "250, 1, true, 3.925, 1"
    })
    void aPoolWithoutSerialPartsIsOnTheStaircase(int quota, int threads, boolean spin, double mean, double cpu)
            throws IOException {
        Run run = serve(pool(quota, threads, spin));

        assertThat(run.predictedMeanS().orElseThrow()).isCloseTo(mean, within(1e-9));
        assertThat(run.cpuS()).isCloseTo(cpu, within(1e-9));
    }

    @Test
    void spinningThreadsBurnWhatTheSerialPartLasts() throws IOException {
        Run sleeping = serve("speedup: { amdahl: 0.8 }\n" + pool(500, 2, false));
        Run spinning = serve("speedup: { amdahl: 0.8 }\n" + pool(500, 2, true));

        // A CPU second lasts 0.2 + 0.8 / 2 s; two threads spin through all of that.
        assertThat(sleeping.cpuS()).isCloseTo(1, within(1e-9));
        assertThat(spinning.cpuS()).isCloseTo(1.2, within(1e-9));
        assertThat(sleeping.summary().meanS()).isCloseTo(1.9 + 0.05 * 0.6, within(1e-9));
        assertThat(spinning.summary().meanS()).isCloseTo(2.3 + 0.05 / 2, within(1e-9));
    }

    @Test
    void refusesMoreSpinningThreadsThanCoresWithoutAPrediction() {
        assertThatThrownBy(() -> serve(pool(500, 3, true)))
                .isInstanceOf(InvalidExperimentException.class)
                .hasMessage("x: serving: 3 spinning threads on 2 cores wait for one another's time slices; no"
                        + " prediction exists for this; allowed: --on local");
        assertThatThrownBy(() -> serve("workload: { poisson: { rate: 1, sizes: { constant: 1 }, count: 3 } }\n"
                        + "serving: [{ name: containers, total: 1 }]\n"))
                .isInstanceOf(InvalidExperimentException.class)
                .hasMessageContaining("only requests that all come at once");
    }

    @ParameterizedTest
    @CsvSource({
        // total, period, requests: quota in force in millicores, response of 50 ms of work on two cores.
        "0.5, 100, 1, 1000, 0.05",
        "0.5, 100, 4, 250, 0.150",
        "1, 100, 4, 500, 0.1",
        "4, 100, 4, 1000, 0.1",
        "0.5, 100, 256, 10, 6.4",
        "0.5, 1000, 256, 3.906, 12.400384",
        "0.001, 1000, 1, 2, 24.002",
        "0.0001, 1000, 1, 1, 49.001"
    })
    void aContainerHasItsPartOfEachPeriodButNotLessThanTheKernelTakes(
            double total, int period, int requests, double milli, double response) throws IOException {
        Run run = serve("workload: { batch: { size: 0.05, count: " + requests
                + " } }\nserving: [{ name: containers, total: " + total + ", period_ms: " + period + " }]\n");

        assertThat(run.measures().get(ServingMetric.QUOTA_MILLI).measured()).isCloseTo(milli, within(1e-9));
        assertThat(run.predictedMeanS().orElseThrow()).isCloseTo(response, within(1e-9));
    }

    private static String pool(int quota, int threads, boolean spin) {
        return "workload: { batch: { sizes: [1] } }\nserving: [{ name: pool, quota: " + quota + ", threads: " + threads
                + ", spin: " + spin + " }]\n";
    }

    private Run serve(String text) throws IOException {
        Path file = folder.resolve("x.yaml");
        Files.writeString(file, "name: x\ncores: 2\n" + text);
        Experiment experiment = new ExperimentFile(file, "x.yaml").read().getFirst();
        ServingMode mode = experiment.serving().orElseThrow().modes().getFirst();
        return new TheoryServingRunner().serve(experiment, mode, 1);
    }
}
