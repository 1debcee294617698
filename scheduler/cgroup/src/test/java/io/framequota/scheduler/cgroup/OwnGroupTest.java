package io.framequota.scheduler.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A container's own counters, in folder trees that look as containers see them. */
class OwnGroupTest {
    @TempDir
    private Path root;

    private Path proc;
    private Path mount;

    @BeforeEach
    void folders() throws IOException {
        proc = root.resolve("proc");
        mount = Files.createDirectories(root.resolve("cgroup"));
        Files.createDirectories(proc.resolve("self"));
    }

    @Test
    void versionOneShowsTheContainersGroupAtTheMount() throws IOException {
        Path cpu = Files.createDirectories(mount.resolve("cpu"));
        Path accounting = Files.createDirectories(mount.resolve("cpuacct"));
        Files.writeString(cpu.resolve("cpu.stat"), "nr_periods 7\nnr_throttled 3\nthrottled_time 250000000\n");
        Files.writeString(accounting.resolve("cpuacct.usage"), "1500000000\n");
        self(
                "40 30 0:30 /kubepods/pod1/c1 " + cpu + " ro - cgroup cgroup rw,cpu\n41 30 0:31 /kubepods/pod1/c1 "
                        + accounting + " ro - cgroup cgroup rw,cpuacct\n",
                "4:cpu:/kubepods/pod1/c1\n5:cpuacct:/kubepods/pod1/c1\n");

        assertThat(find().use()).isEqualTo(new CpuUse(7, 3, 0.25, 1.5));
    }

    @Test
    void versionTwoShowsItAtTheMountOfItsNamespace() throws IOException {
        Files.writeString(
                mount.resolve("cpu.stat"), "usage_usec 2500000\nnr_periods 9\nnr_throttled 4\nthrottled_usec 750000\n");
        self("30 24 0:26 / " + mount + " ro - cgroup2 cgroup rw\n", "0::/\n");

        OwnGroup own = find();
        assertThat(own.use()).isEqualTo(new CpuUse(9, 4, 0.75, 2.5));
        Files.writeString(
                mount.resolve("cpu.stat"),
                "usage_usec 2600000\nnr_periods 10\nnr_throttled 4\nthrottled_usec 750000\n");
        assertThat(own.use()).isEqualTo(new CpuUse(10, 4, 0.75, 2.6));
    }

    @Test
    void whereTheKernelShowsNothingThereIsNone() throws IOException {
        self("30 24 0:26 / " + mount + " ro - cgroup2 cgroup rw\n", "0::/\n");

        assertThat(OwnGroup.find(new OsKernelFiles(), proc)).isEmpty();
    }

    private OwnGroup find() {
        return OwnGroup.find(new OsKernelFiles(), proc).orElseThrow();
    }

    private void self(String mountInfo, String cgroup) throws IOException {
        Files.writeString(proc.resolve("self/mountinfo"), mountInfo);
        Files.writeString(proc.resolve("self/cgroup"), cgroup);
    }
}
