package io.framequota.lab.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.framequota.lab.experiment.ActuatorKind;
import io.framequota.lab.experiment.ContenderResult;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.ExperimentBackend;
import io.framequota.lab.experiment.ExperimentRunner;
import io.framequota.lab.experiment.InvalidExperimentException;
import io.framequota.lab.experiment.Run;
import io.framequota.lab.file.ExperimentFile;
import io.framequota.lab.simulator.SimulatorPredictor;
import io.framequota.lab.worker.BurnerPolicyRunner;
import io.framequota.scheduler.cgroup.CgroupDetector;
import io.framequota.scheduler.cgroup.CgroupSupport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes on real cores; those under quotas and weights where the kernel lets us. */
@Tag("long")
@Timeout(120)
class LocalBackendIT {
    private static final String SMALL = """
            name: small
            cores: 2
            scale: { local: 0.5 }
            workload: { batch: { sizes: [0.6, 0.6, 0.6, 0.6] } }
            policies: [one-core-per-request, divide-and-conquer, one-request-at-a-time]
            """;

    @TempDir
    private Path folder;

    @AfterEach
    void nothingIsLeft() {
        assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive))
                .isEmpty();
    }

    @Test
    void underQuotasOneAtATimeComesBeforeOneCoreBeforeEqualShares() throws Exception {
        List<ContenderResult> results = runExperiment(SMALL, available(), 3);

        assertThat(results.get(2).meanResponseS()).isLessThan(results.get(0).meanResponseS());
        assertThat(results.get(0).meanResponseS()).isLessThan(results.get(1).meanResponseS());
        assertThat(results).allSatisfy(r -> {
            assertThat(r.predictedMeanS()).isPresent();
            assertThat(r.median(Run::throttledS)).isPositive();
            assertThat(r.runs().getFirst().jobs()).hasSize(4);
        });
    }

    @Test
    void sharesThatAreInForceNeverExceedTheBudget() throws Exception {
        for (ContenderResult result : runExperiment(SMALL, available(), 1)) {
            double[] held = new double[5];
            for (Run.Change change : result.runs().getFirst().changes()) {
                held[(int) change.job()] = change.millicores();
                assertThat(held[1] + held[2] + held[3] + held[4]).isLessThanOrEqualTo(1000);
            }
        }
    }

    @Test
    void underWeightsAllJobsEndWithinTheBudget() throws Exception {
        List<ContenderResult> results = runExperiment(SMALL + "actuator: weight\n", available(), 1);

        assertThat(results).allSatisfy(r -> {
            Run run = r.runs().getFirst();
            assertThat(run.jobs()).hasSize(4);
            // One quota was there at the start, and each core may hold a slice beyond it.
            assertThat(run.cpuS()).isLessThanOrEqualTo(1.0 * run.summary().makespanS() + 0.2);
        });
    }

    @Test
    void dispatchNeedsNoRightAndKeepsTheOrder() throws Exception {
        List<ContenderResult> results =
                runExperiment(SMALL + "actuator: dispatch\n", new CgroupSupport.Unavailable("this is a test"), 3);

        assertThat(results.get(2).meanResponseS()).isLessThan(results.get(1).meanResponseS());
        assertThat(results)
                .allSatisfy(r -> assertThat(r.runs().getFirst().jobs())
                        .extracting(Run.JobRun::id)
                        .containsExactly(1L, 2L, 3L, 4L));
    }

    @Test
    void aResponseCountsFromTheIntendedArrival() throws Exception {
        Files.writeString(folder.resolve("a.csv"), "arrival_s,size_cpu_s\n0,0.6\n0.05,0.1\n0.1,0.1\n");
        List<ContenderResult> results = runExperiment(
                SMALL.replace("{ batch: { sizes: [0.6, 0.6, 0.6, 0.6] } }", "{ trace: { file: a.csv } }")
                        .replaceAll("policies.*", "policies: [one-request-at-a-time]"),
                available(),
                1);

        List<Run.JobRun> jobs = results.getFirst().runs().getFirst().jobs();
        assertThat(jobs).extracting(Run.JobRun::arrivalS).containsExactly(0.0, 0.05, 0.1);
        assertThat(jobs.get(1).endS()).isGreaterThan(jobs.get(0).endS());
        assertThat(jobs.get(1).responseS()).isGreaterThan(jobs.get(0).endS() - 0.05);
    }

    @Test
    void whatTheseCoresCannotDoIsRefusedBeforeAnythingStarts() throws Exception {
        Experiment power = read(SMALL + "speedup: { power: 0.5 }\n");
        Experiment large = read(SMALL + "budget: 100000000\n");
        Experiment live = read(SMALL.replace("0.6] }", "0.6] }, streams: [{ fps: 1, cost_ms: 1 }]"));

        assertThatThrownBy(() -> LocalBackend.check(power, List.of(ActuatorKind.QUOTA)))
                .isInstanceOf(InvalidExperimentException.class)
                .hasMessageContaining("power");
        assertThatThrownBy(() -> LocalBackend.check(live, List.of(ActuatorKind.QUOTA)))
                .isInstanceOf(InvalidExperimentException.class)
                .hasMessageEndingWith("workload.streams: streams are simulated only; allowed: --on simulator");
        assertThatThrownBy(() -> LocalBackend.check(large, List.of(ActuatorKind.QUOTA)))
                .isInstanceOf(InvalidExperimentException.class)
                .hasMessageContaining("more than this machine has");
    }

    @Test
    void aSerialPartNeedsWholeCoresAndThreadsOfOneProcess() throws Exception {
        String serial = SMALL + "speedup: { amdahl: 0.8 }\n";
        Experiment half = read(serial);
        Experiment whole = read(serial.replace("local: 0.5", "local: 1"));

        assertThatThrownBy(() -> BurnerPolicyRunner.check(half, List.of(ActuatorKind.QUOTA), ExperimentBackend.LOCAL))
                .isInstanceOf(InvalidExperimentException.class)
                .hasMessageContaining("needs whole cores");
        assertThatThrownBy(
                        () -> BurnerPolicyRunner.check(whole, List.of(ActuatorKind.DISPATCH), ExperimentBackend.LOCAL))
                .isInstanceOf(InvalidExperimentException.class)
                .hasMessageContaining("allowed: actuator: quota or weight");
        BurnerPolicyRunner.check(whole, List.of(ActuatorKind.QUOTA, ActuatorKind.WEIGHT), ExperimentBackend.LOCAL);
    }

    private static CgroupSupport available() {
        CgroupSupport answer = CgroupDetector.open();
        assumeTrue(answer instanceof CgroupSupport.Available, () -> ((CgroupSupport.Unavailable) answer).notice());
        return answer;
    }

    private List<ContenderResult> runExperiment(String text, CgroupSupport enforcement, int repeats)
            throws IOException, InterruptedException {
        try (BurnerPolicyRunner runner =
                new BurnerPolicyRunner(new LocalBackend(enforcement), new SimulatorPredictor())) {
            return new ExperimentRunner(runner, (e, a) -> Optional.empty(), progress -> {})
                    .run(List.of(read(text)), repeats);
        }
    }

    private Experiment read(String text) throws IOException {
        Path file = folder.resolve("x.yaml");
        Files.writeString(file, text);
        return new ExperimentFile(file, "x.yaml").read().getFirst();
    }
}
