package io.framequota.lab.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.framequota.lab.experiment.ContenderResult;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.ExperimentRunner;
import io.framequota.lab.experiment.InvalidExperimentException;
import io.framequota.lab.experiment.Run;
import io.framequota.lab.experiment.ServingMetric;
import io.framequota.lab.file.ExperimentFile;
import io.framequota.scheduler.cgroup.CgroupDetector;
import io.framequota.scheduler.cgroup.CgroupSupport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requests served by real processes on real cores; those with quotas where the kernel lets us. */
@Tag("long")
@Timeout(120)
class LocalServingRunnerIT {
    private static final CgroupSupport NO_GROUPS = new CgroupSupport.Unavailable("this is a test");
    private static final int CORES = Runtime.getRuntime().availableProcessors();

    @TempDir
    private Path folder;

    @AfterEach
    void nothingIsLeft() {
        assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive))
                .isEmpty();
    }

    @Test
    void requestsThatWaitDoSoSideBySideInEverythingButOneThread() throws Exception {
        List<ContenderResult> results = serve("""
                workload: { kind: waiting, batch: { size: 0.3, count: 6 } }
                serving: [sequential, virtual-threads, platform-threads, processes]
                """, NO_GROUPS);

        assertThat(makespan(results.getFirst())).isGreaterThanOrEqualTo(1.8);
        assertThat(results.subList(1, 3))
                .allSatisfy(r ->
                        assertThat(makespan(r)).isGreaterThanOrEqualTo(0.3).isLessThan(makespan(results.getFirst())));
        // How long it takes to start a process is the machine's affair.
        assertThat(service(results.getLast())).isGreaterThanOrEqualTo(0.3);
        assertThat(results)
                .allSatisfy(r -> assertThat(r.runs().getFirst().jobs())
                        .extracting(Run.JobRun::id)
                        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L));
    }

    @Test
    void aVirtualThreadThatComputesKeepsItsCoreAndOthersWait() throws Exception {
        List<ContenderResult> results = serve("""
                workload: { batch: { size: 0.2, count: %d } }
                serving: [virtual-threads, platform-threads]
                """.formatted(4 * CORES), NO_GROUPS);

        assertThat(service(results.get(0))).isLessThan(service(results.get(1)));
        assertThat(results)
                .allSatisfy(r -> assertThat(r.runs().getFirst().cpuS()).isGreaterThan(0.5 * 0.2 * 4 * CORES));
    }

    @Test
    void daemonsServeOneRequestEachAndTheOthersWaitInLine() throws Exception {
        List<ContenderResult> results = serve("""
                workload: { kind: waiting, batch: { size: 0.2, count: 6 } }
                serving: [{ name: daemons, workers: [2, 3] }]
                """, NO_GROUPS);

        assertThat(makespan(results.get(0))).isGreaterThanOrEqualTo(0.6);
        assertThat(makespan(results.get(1))).isGreaterThanOrEqualTo(0.4);
        assertThat(service(results.get(0))).isGreaterThanOrEqualTo(0.2);
        for (int workers = 2; workers <= 3; workers++) {
            List<Run.JobRun> jobs = results.get(workers - 2).runs().getFirst().jobs();
            double firstEnd = jobs.stream().mapToDouble(Run.JobRun::endS).min().orElseThrow();
            // Nobody of the second round can end before somebody of the first has, and has had its own time.
            assertThat(jobs.stream().filter(j -> j.endS() < firstEnd + 0.2)).hasSizeLessThanOrEqualTo(workers);
        }
    }

    @Test
    void aPoolUnderAQuotaIsHeldBackAndOneThatSpinsBurnsMore() throws Exception {
        List<ContenderResult> results = serve("""
                workload: { batch: { sizes: [0.3] } }
                speedup: { amdahl: 0.5 }
                serving: [{ name: pool, quota: 500, threads: 2, spin: [false, true] }]
                """, groups());

        assertThat(results).allSatisfy(r -> {
            assertThat(r.measured(ServingMetric.THROTTLED_S)).isPositive();
            assertThat(r.predictedMeanS()).isPresent();
        });
        // Half of each piece one thread does alone: theory has it burn 1.5 times as much.
        assertThat(results.get(1).measured(ServingMetric.CPU_S))
                .isGreaterThan(1.2 * results.get(0).measured(ServingMetric.CPU_S));
    }

    @Test
    void eachContainerHasItsOwnQuotaAndItsIdleCostIsMeasured() throws Exception {
        List<ContenderResult> results = serve("""
                workload: { batch: { size: 0.05, count: 4 } }
                serving: [{ name: containers, total: %s, period_ms: [100, 1000] }]
                """.formatted(0.4 / CORES), groups());

        assertThat(results).allSatisfy(r -> {
            assertThat(r.measured(ServingMetric.QUOTA_MILLI)).isEqualTo(100);
            // 10 ms each 100 ms, or 100 ms each second, of which no work of 50 ms needs a second.
            assertThat(r.measured(ServingMetric.MEMORY_MIB)).isPositive();
            assertThat(r.runs().getFirst().jobs()).hasSize(4);
        });
        assertThat(results.get(0).meanResponseS()).isGreaterThan(0.3);
        assertThat(results.get(0).measured(ServingMetric.THROTTLED_S)).isPositive();
    }

    private static CgroupSupport groups() {
        CgroupSupport answer = CgroupDetector.open();
        assumeTrue(answer instanceof CgroupSupport.Available, () -> ((CgroupSupport.Unavailable) answer).notice());
        return answer;
    }

    @Test
    void withoutGroupsAnExperimentHasTheMachinesCores() {
        assertThatThrownBy(() -> LocalServingRunner.check(
                        read("workload: { batch: { sizes: [1] } }\nserving: [sequential]\n", CORES + 1), NO_GROUPS))
                .isInstanceOf(InvalidExperimentException.class)
                .hasMessageContaining("cores: " + (CORES + 1));
    }

    private static double makespan(ContenderResult result) {
        return result.measured(ServingMetric.MAKESPAN_S);
    }

    private static double service(ContenderResult result) {
        return result.measured(ServingMetric.SERVICE_S);
    }

    private List<ContenderResult> serve(String text, CgroupSupport enforcement)
            throws IOException, InterruptedException {
        try (LocalServingRunner server = new LocalServingRunner(enforcement, CORES)) {
            return new ExperimentRunner(server, progress -> {}).run(List.of(read(text, CORES)), 1);
        }
    }

    private Experiment read(String text, int cores) throws IOException {
        Path file = folder.resolve("x.yaml");
        Files.writeString(file, "name: x\ncores: " + cores + "\n" + text);
        return new ExperimentFile(file, "x.yaml").read().getFirst();
    }
}
