package io.framequota.common.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads counters from folder trees that look like a container's view of its own group. */
class OwnCgroupTest {
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
    void readsAVersion1ContainerGroupAtItsMount() throws IOException {
        Path cpu = Files.createDirectories(mount.resolve("cpu"));
        Path accounting = Files.createDirectories(mount.resolve("cpuacct"));
        Files.writeString(cpu.resolve("cpu.stat"), "nr_periods 7\nnr_throttled 3\nthrottled_time 250000000\n");
        Files.writeString(accounting.resolve("cpuacct.usage"), "1500000000\n");
        self(
                "40 30 0:30 /kubepods/pod1/c1 " + cpu + " ro - cgroup cgroup rw,cpu\n41 30 0:31 /kubepods/pod1/c1 "
                        + accounting + " ro - cgroup cgroup rw,cpuacct\n",
                "4:cpu:/kubepods/pod1/c1\n5:cpuacct:/kubepods/pod1/c1\n");

        assertThat(find().usage()).isEqualTo(new CpuUsage(7, 3, 0.25, 1.5));
    }

    @Test
    void readsAVersion2GroupAtTheMountOfItsNamespace() throws IOException {
        Files.writeString(
                mount.resolve("cpu.stat"), "usage_usec 2500000\nnr_periods 9\nnr_throttled 4\nthrottled_usec 750000\n");
        self("30 24 0:26 / " + mount + " ro - cgroup2 cgroup rw\n", "0::/\n");

        OwnCgroup own = find();
        assertThat(own.usage()).isEqualTo(new CpuUsage(9, 4, 0.75, 2.5));
        Files.writeString(
                mount.resolve("cpu.stat"),
                "usage_usec 2600000\nnr_periods 10\nnr_throttled 4\nthrottled_usec 750000\n");
        assertThat(own.usage()).isEqualTo(new CpuUsage(10, 4, 0.75, 2.6));
    }

    @Test
    void isAbsentWhereTheKernelShowsNoCounters() throws IOException {
        self("30 24 0:26 / " + mount + " ro - cgroup2 cgroup rw\n", "0::/\n");

        assertThat(OwnCgroup.find(Files::readString, proc)).isEmpty();
    }

    private OwnCgroup find() {
        return OwnCgroup.find(Files::readString, proc).orElseThrow();
    }

    private void self(String mountInfo, String cgroup) throws IOException {
        Files.writeString(proc.resolve("self/mountinfo"), mountInfo);
        Files.writeString(proc.resolve("self/cgroup"), cgroup);
    }
}
