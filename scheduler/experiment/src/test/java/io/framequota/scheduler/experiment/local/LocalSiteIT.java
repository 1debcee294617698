package io.framequota.scheduler.experiment.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.framequota.scheduler.enforce.Enforcement;
import io.framequota.scheduler.enforce.cgroup.Cgroups;
import io.framequota.scheduler.experiment.Actuator;
import io.framequota.scheduler.experiment.BadExperimentException;
import io.framequota.scheduler.experiment.Conductor;
import io.framequota.scheduler.experiment.Experiment;
import io.framequota.scheduler.experiment.Home;
import io.framequota.scheduler.experiment.PolicyResult;
import io.framequota.scheduler.experiment.Run;
import io.framequota.scheduler.experiment.file.ExperimentFile;
import io.framequota.scheduler.experiment.real.RealRunner;
import io.framequota.scheduler.experiment.simulator.SimulatorPredictor;
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
class LocalSiteIT {
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
        List<PolicyResult> results = conduct(SMALL, available(), 3);

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
        for (PolicyResult result : conduct(SMALL, available(), 1)) {
            double[] held = new double[5];
            for (Run.Change change : result.runs().getFirst().changes()) {
                held[(int) change.job()] = change.millicores();
                assertThat(held[1] + held[2] + held[3] + held[4]).isLessThanOrEqualTo(1000);
            }
        }
    }

    @Test
    void underWeightsAllJobsEndWithinTheBudget() throws Exception {
        List<PolicyResult> results = conduct(SMALL + "actuator: weight\n", available(), 1);

        assertThat(results).allSatisfy(r -> {
            Run run = r.runs().getFirst();
            assertThat(run.jobs()).hasSize(4);
            // One quota was there at the start, and each core may hold a slice beyond it.
            assertThat(run.cpuS()).isLessThanOrEqualTo(1.0 * run.summary().makespanS() + 0.2);
        });
    }

    @Test
    void dispatchNeedsNoRightAndKeepsTheOrder() throws Exception {
        List<PolicyResult> results =
                conduct(SMALL + "actuator: dispatch\n", new Enforcement.Unavailable("this is a test"), 3);

        assertThat(results.get(2).meanResponseS()).isLessThan(results.get(1).meanResponseS());
        assertThat(results)
                .allSatisfy(r -> assertThat(r.runs().getFirst().jobs())
                        .extracting(Run.JobRun::id)
                        .containsExactly(1L, 2L, 3L, 4L));
    }

    @Test
    void aResponseCountsFromTheIntendedArrival() throws Exception {
        Files.writeString(folder.resolve("a.csv"), "arrival_s,size_cpu_s\n0,0.6\n0.05,0.1\n0.1,0.1\n");
        List<PolicyResult> results = conduct(
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

        assertThatThrownBy(() -> LocalSite.check(power, List.of(Actuator.QUOTA)))
                .isInstanceOf(BadExperimentException.class)
                .hasMessageContaining("power");
        assertThatThrownBy(() -> LocalSite.check(large, List.of(Actuator.QUOTA)))
                .isInstanceOf(BadExperimentException.class)
                .hasMessageContaining("more than this machine has");
    }

    @Test
    void aSerialPartNeedsWholeCoresAndThreadsOfOneProcess() throws Exception {
        String serial = SMALL + "speedup: { amdahl: 0.8 }\n";
        Experiment half = read(serial);
        Experiment whole = read(serial.replace("local: 0.5", "local: 1"));

        assertThatThrownBy(() -> RealRunner.check(half, List.of(Actuator.QUOTA), Home.LOCAL))
                .isInstanceOf(BadExperimentException.class)
                .hasMessageContaining("one of the machine");
        assertThatThrownBy(() -> RealRunner.check(whole, List.of(Actuator.DISPATCH), Home.LOCAL))
                .isInstanceOf(BadExperimentException.class)
                .hasMessageContaining("allowed: actuator: quota or weight");
        RealRunner.check(whole, List.of(Actuator.QUOTA, Actuator.WEIGHT), Home.LOCAL);
    }

    private static Enforcement available() {
        Enforcement answer = Cgroups.open();
        assumeTrue(answer instanceof Enforcement.Available, () -> ((Enforcement.Unavailable) answer).notice());
        return answer;
    }

    private List<PolicyResult> conduct(String text, Enforcement enforcement, int repeats)
            throws IOException, InterruptedException {
        try (RealRunner runner = new RealRunner(new LocalSite(enforcement), new SimulatorPredictor())) {
            return new Conductor(runner, (e, a) -> Optional.empty(), said -> {}).run(List.of(read(text)), repeats);
        }
    }

    private Experiment read(String text) throws IOException {
        Path file = folder.resolve("x.yaml");
        Files.writeString(file, text);
        return new ExperimentFile(file, "x.yaml").read().getFirst();
    }
}
