package io.framequota.scheduler.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.common.cgroup.CpuQuota;
import io.framequota.common.cgroup.CpuUsage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Version 2 on a simulated hierarchy, for machines whose kernel has version 1 mounted. */
class CgroupV2Test {
    @TempDir
    private Path root;

    private Path mount;
    private Path proc;
    private Path slice;
    private FakeCgroupV2Kernel kernel;

    @BeforeEach
    void usersSessionDelegatesTheController() throws IOException {
        mount = root.resolve("cgroup");
        proc = root.resolve("proc");
        kernel = new FakeCgroupV2Kernel(mount);
        kernel.write(mount.resolve("cgroup.subtree_control"), "+cpu");
        slice = mount.resolve("user.slice");
        kernel.make(slice);
        kernel.make(slice.resolve("shell.scope"));
        String self = Long.toString(ProcessHandle.current().pid());
        kernel.write(slice.resolve("shell.scope/cgroup.procs"), self);
        process(self, 4711);
        Files.createDirectories(proc.resolve("self"));
        Files.writeString(proc.resolve("self/mountinfo"), "30 24 0:26 / " + mount + " rw - cgroup2 cgroup2 rw\n");
        Files.writeString(proc.resolve("self/cgroup"), "0::/user.slice/shell.scope\n");
    }

    @Test
    void groupsAreCreatedInTheNearestFolderThatDelegatesTheController() {
        try (CgroupTree groups = open()) {
            assertThat(groups.description()).isEqualTo("cgroup v2 at " + slice);
            try (Cgroup group = groups.create("worker-0")) {
                assertThat(ours().resolve(group.name())).isDirectory();
            }
        }
    }

    @Test
    void quotaInForceIsReadBack() {
        try (CgroupTree groups = open();
                Cgroup group = groups.create("worker-0")) {
            assertThat(group.quota()).isEqualTo(CpuQuota.unlimited());

            group.quota(CpuQuota.ofMillicores(250));

            assertThat(group.quota()).isEqualTo(new CpuQuota(25_000, 100_000));
        }
    }

    @Test
    void coreHasTheDefaultWeightAndStepsOfTenDiffer() {
        try (CgroupTree groups = open();
                Cgroup group = groups.create("worker-0")) {
            group.weight(1000);
            assertThat(group.weight()).isEqualTo(100);
            group.weight(30);
            assertThat(group.weight()).isEqualTo(3);
            group.weight(1);
            assertThat(group.weight()).isEqualTo(1);
            groups.weight(1_000_000);
            assertThat(ours().resolve("cpu.weight")).hasContent("10000");
        }
    }

    @Test
    void countersAreReadInSeconds() {
        try (CgroupTree groups = open();
                Cgroup group = groups.create("worker-0")) {
            assertThat(group.use()).isEqualTo(new CpuUsage(40, 30, 1.5, 2.5));
        }
    }

    @Test
    void closeMovesProcessesBackAndRemovesEverything() throws IOException {
        CgroupTree groups = open();
        Cgroup group = groups.create("worker-0");
        group.add(99);
        assertThat(kernel.procs(ours().resolve("worker-0"))).containsExactly("99");

        groups.close();

        assertThat(kernel.procs(slice.resolve("shell.scope"))).contains("99");
        assertThat(ours()).doesNotExist();
        groups.close();
    }

    @Test
    void onlyGroupsOfDeadOwnersAreRemoved() throws IOException {
        process("77", 1000);
        Path dead = slice.resolve("framequota-77-999");
        kernel.make(dead);
        kernel.write(dead.resolve("cgroup.subtree_control"), "+cpu");
        kernel.make(dead.resolve("worker-0"));
        kernel.write(dead.resolve("worker-0/cgroup.procs"), "55");
        Path alive = slice.resolve("framequota-77-1000");
        kernel.make(alive);

        open().close();

        assertThat(dead).doesNotExist();
        assertThat(kernel.procs(slice.resolve("shell.scope"))).contains("55");
        assertThat(alive).isDirectory();
    }

    @Test
    void groupWithProcessesOfAnotherContainerStays() throws IOException {
        Path foreign = slice.resolve("framequota-78-5");
        kernel.make(foreign);
        kernel.write(foreign.resolve("cgroup.procs"), "0");

        open().close();

        assertThat(foreign).isDirectory();
    }

    @Test
    void missingControllerIsReported() throws IOException {
        Files.writeString(mount.resolve("cgroup.controllers"), "memory\n");
        Files.writeString(slice.resolve("cgroup.controllers"), "\n");
        Files.writeString(slice.resolve("shell.scope/cgroup.controllers"), "\n");

        CgroupSupport answer = new CgroupDetector(kernel, proc).find();

        assertThat(answer)
                .isInstanceOfSatisfying(
                        CgroupSupport.Unavailable.class,
                        no -> assertThat(no.notice())
                                .startsWith("quotas and weights cannot be used here because no control group")
                                .contains("dispatched"));
    }

    @Test
    void missingGroupIsReported() throws IOException {
        try (CgroupTree groups = open()) {
            Cgroup group = groups.create("worker-0");
            group.close();

            assertThatThrownBy(group::quota)
                    .isInstanceOf(EnforcementException.class)
                    .hasMessageContaining("worker-0");
        }
    }

    private CgroupTree open() {
        return ((CgroupSupport.Available) new CgroupDetector(kernel, proc).find()).groups();
    }

    private Path ours() {
        return slice.resolve("framequota-" + ProcessHandle.current().pid() + "-4711");
    }

    private void process(String pid, long start) throws IOException {
        Files.createDirectories(proc.resolve(pid));
        Files.writeString(
                proc.resolve(pid).resolve("stat"),
                pid + " (a name) S 1 1 1 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 " + start + " 1 1\n");
    }
}
