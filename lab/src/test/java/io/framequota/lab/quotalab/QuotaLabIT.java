package io.framequota.lab.quotalab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.framequota.scheduler.cgroup.CgroupDetector;
import io.framequota.scheduler.cgroup.CgroupSupport;
import io.framequota.scheduler.cgroup.CgroupTree;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Programs of known answer under quotas that the kernel keeps. Skipped where control groups cannot be used. */
@Timeout(180)
class QuotaLabIT {
    private static final String LOOP = "i=0; while [ $i -lt 400000 ]; do i=$((i+1)); done";

    private static final int ROUNDS = 3;

    @TempDir
    private Path folder;

    private CgroupTree groups;

    @BeforeEach
    void open() {
        CgroupSupport support = CgroupDetector.open();
        assumeTrue(support instanceof CgroupSupport.Available, support::toString);
        groups = ((CgroupSupport.Available) support).groups();
    }

    @AfterEach
    void nothingIsLeft() {
        if (groups != null) {
            groups.close();
        }
        assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive))
                .isEmpty();
    }

    @Test
    void aProgramOfOneThreadUsesOneCoreAndIsSlowedInProportion() throws Exception {
        QuotaDiagnosis found = measure(List.of("/bin/sh", "-c", LOOP), 250, 1000);
        QuotaRun quarter = found.runs().getFirst();

        assertThat(found.width()).isLessThan(1.1);
        assertThat(found.recommendedThreads()).isEqualTo(1);
        assertThat(found.spins()).isFalse();
        // It may not use more than its quota, whatever else runs here: a burst of one period above it.
        assertThat(quarter.cpuS()).isLessThanOrEqualTo(0.25 * quarter.wallS() + 0.05);
        assertThat(quarter.throttledPeriods()).isPositive();
        assertThat(quarter.wallS()).isGreaterThan(0.8 * found.fluidS(250));
    }

    @Test
    void aParallelProgramUsesAllItIsGiven() throws Exception {
        assumeTrue(Runtime.getRuntime().availableProcessors() >= 2);
        QuotaDiagnosis found = measure(List.of("/bin/sh", "-c", "(" + LOOP + ") & (" + LOOP + ") & wait"), 500, 1000);
        QuotaRun half = found.runs().getFirst();

        assertThat(half.threads()).isGreaterThanOrEqualTo(2);
        assertThat(half.cpuS()).isLessThanOrEqualTo(0.5 * half.wallS() + 0.1);
        assertThat(found.spins()).isFalse();
        assertThat(found.width()).isGreaterThan(found.runs().getFirst().busyCores());
    }

    @Test
    void whatAProgramLeavesRunningIsEnded() throws Exception {
        measure(List.of("/bin/sh", "-c", "(setsid sleep 61.25 &) ; sleep 0.1"), 500);

        assertThat(ProcessHandle.allProcesses()
                        .filter(p -> p.info().commandLine().orElse("").endsWith("sleep 61.25")))
                .isEmpty();
    }

    @Test
    void aProgramThatFailsOrDoesNotEndIsNamed() {
        assertThatThrownBy(() -> measure(List.of("/bin/sh", "-c", "exit 3"), 500))
                .isInstanceOf(QuotaLab.ProgramFailedException.class)
                .hasMessageContaining("exit code 3 without a quota");
        assertThatThrownBy(() -> measure(List.of("/no/such/program"), 500)).hasMessageContaining("no such program");
        assertThatThrownBy(() -> new QuotaLab(groups, List.of("sleep", "60"), folder, Duration.ofSeconds(1)).run(500))
                .hasMessageContaining("had not ended after 1 s under a quota of 500m");
    }

    private QuotaDiagnosis measure(List<String> command, int... quotas) throws Exception {
        QuotaLab lab = new QuotaLab(groups, command, folder, Duration.ofSeconds(60));
        List<QuotaRun> runs = new ArrayList<>();
        // In rounds: the median of a quota's runs leaves out one that a neighbour on the same machine disturbed.
        for (int round = 0; round < ROUNDS; round++) {
            runs.add(lab.run(0));
            for (int quota : quotas) {
                runs.add(lab.run(quota));
            }
        }
        return QuotaDiagnosis.of(runs);
    }
}
