package io.framequota.scheduler.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.framequota.common.cgroup.CpuQuota;
import io.framequota.common.cgroup.CpuUsage;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The kernel of this machine, if it permits control groups. */
@Timeout(60)
class CpuQuotaIT {
    private static final String TWO_BURNERS = "while :; do :; done & while :; do :; done";

    private CgroupTree groups;

    @BeforeEach
    void open() {
        CgroupSupport answer = CgroupDetector.open();
        assumeTrue(answer instanceof CgroupSupport.Available, () -> ((CgroupSupport.Unavailable) answer).notice());
        groups = ((CgroupSupport.Available) answer).groups();
    }

    @AfterEach
    void close() {
        if (groups != null) {
            groups.close();
        }
    }

    @Test
    void quotaInForceIsReadFromTheKernel() {
        try (Cgroup group = groups.create("worker-0")) {
            for (int milli : List.of(10, 250, 1500)) {
                group.quota(CpuQuota.ofMillicores(milli));
                assertThat(group.quota().millicores()).isEqualTo(milli);
            }
            group.quota(CpuQuota.ofMillicores(500, 10_000));
            assertThat(group.quota()).isEqualTo(new CpuQuota(5_000, 10_000));
            group.quota(CpuQuota.unlimited());
            assertThat(group.quota().limited()).isFalse();
        }
    }

    @Test
    void anotherProcessMayLimitTheGroupsByTheirPlace() {
        DelegatedCgroups given = DelegatedCgroups.at(groups.place());
        assertThat(given.find("worker-0")).isEmpty();
        try (Cgroup group = groups.create("worker-0")) {
            Cgroup same = given.find("worker-0").orElseThrow();
            same.quota(CpuQuota.ofMillicores(250));
            same.weight(500);
            assertThat(group.quota().millicores()).isEqualTo(250);
            assertThat(same.use().cpuS()).isZero();
        }
        assertThat(given.find("worker-0")).isEmpty();
    }

    @Test
    void busyProcessesUseAtMostTheirQuota() throws Exception {
        try (Cgroup group = groups.create("worker-0")) {
            group.quota(CpuQuota.ofMillicores(200));
            Process burner = burnIn(group);
            try {
                CpuUsage use = after(group, 30);

                // One quota was available at the start, and a core may hold one further slice of 5 ms.
                double slices = 0.005 * Runtime.getRuntime().availableProcessors();
                assertThat(use.cpuS()).isLessThanOrEqualTo(0.020 * (use.periods() + 1) + slices);
                assertThat(use.throttledPeriods()).isPositive();
                assertThat(use.throttledS()).isPositive();
            } finally {
                end(burner);
            }
        }
    }

    @Test
    void limitOnAllGroupsHoldsForThemTogether() throws Exception {
        try (Cgroup one = groups.create("worker-0");
                Cgroup two = groups.create("worker-1")) {
            groups.limit(CpuQuota.ofMillicores(200));
            Process first = burnIn(one);
            Process second = burnIn(two);
            try {
                while (groups.use().periods() < 20) {
                    Thread.sleep(50);
                }
                CpuUsage use = groups.use();

                double slices = 0.005 * Runtime.getRuntime().availableProcessors();
                assertThat(use.cpuS()).isLessThanOrEqualTo(0.020 * (use.periods() + 1) + slices);
                assertThat(one.use().cpuS()).isPositive();
                assertThat(two.use().cpuS()).isPositive();
            } finally {
                end(first);
                end(second);
            }
        }
    }

    @Test
    void weightAloneLimitsNothing() throws Exception {
        try (Cgroup group = groups.create("worker-0")) {
            long before = group.weight();
            group.weight(500);
            assertThat(group.weight()).isPositive().isLessThan(before);
            group.weight(2000);
            assertThat(group.weight()).isGreaterThan(before);
            assertThat(group.quota().limited()).isFalse();
        }
    }

    @Test
    void closedGroupLeavesNothingAndItsProcessesLiveOn() throws Exception {
        Cgroup group = groups.create("worker-0");
        Process sleeper = new ProcessBuilder("sleep", "60").start();
        try {
            group.add(sleeper.pid());
            assertThat(cgroupsOf(sleeper.pid())).contains("/worker-0");

            groups.close();

            assertThat(cgroupsOf(sleeper.pid())).doesNotContain("framequota-");
            assertThat(sleeper.isAlive()).isTrue();
        } finally {
            end(sleeper);
        }
    }

    @Test
    void nextStartRemovesGroupsOfAKilledOwner() throws Exception {
        Process owner = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        DyingOwner.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        long survivor;
        try (BufferedReader said = owner.inputReader(StandardCharsets.US_ASCII)) {
            survivor = Long.parseLong(said.readLine());
            assertThat(cgroupsOf(survivor)).contains("framequota-" + owner.pid() + "-");
        } finally {
            owner.destroyForcibly().waitFor();
        }
        try {
            groups.close();
            open();

            assertThat(cgroupsOf(survivor)).doesNotContain("framequota-" + owner.pid() + "-");
            assertThat(ProcessHandle.of(survivor)).isPresent();
        } finally {
            ProcessHandle.of(survivor).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    private static Process burnIn(Cgroup group) throws IOException {
        // It waits for a line before it computes, so that it is in its group by then.
        Process burner = new ProcessBuilder("/bin/sh", "-c", "read go; " + TWO_BURNERS).start();
        group.add(burner.pid());
        burner.getOutputStream().write('\n');
        burner.getOutputStream().flush();
        return burner;
    }

    private static CpuUsage after(Cgroup group, long periods) throws InterruptedException {
        CpuUsage use = group.use();
        while (use.periods() < periods) {
            Thread.sleep(50);
            use = group.use();
        }
        return use;
    }

    private static void end(Process process) throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
    }

    private static String cgroupsOf(long pid) throws IOException {
        return Files.readString(Path.of("/proc/" + pid + "/cgroup"));
    }
}
