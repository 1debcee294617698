package io.framequota.scheduler.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MountsTest {
    @Test
    void versionOneControllersMayShareAHierarchy() {
        Mounts mounts = new Mounts(
                "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct\n",
                "4:cpu,cpuacct:/user.slice\n1:name=systemd:/x\n0::/y\n");

        assertThat(mounts.first("cpu")).contains(Path.of("/sys/fs/cgroup/cpu,cpuacct/user.slice"));
        assertThat(mounts.first("cpuacct")).isEqualTo(mounts.first("cpu"));
        assertThat(mounts.second()).isEmpty();
    }

    @Test
    void aContainersMountShowsAPartOfTheTree() {
        Mounts mounts = new Mounts(
                "40 30 0:30 /docker/abc /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu\n", "4:cpu:/docker/abc/inner\n");

        assertThat(mounts.first("cpu")).contains(Path.of("/sys/fs/cgroup/cpu/inner"));
    }

    @Test
    void versionTwoIsSearchedFromTheOwnGroupUpwards() {
        Mounts mounts = new Mounts(
                "30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n",
                "0::/user.slice/app.scope\n");

        assertThat(mounts.second())
                .containsExactly(
                        Path.of("/sys/fs/cgroup/user.slice/app.scope"),
                        Path.of("/sys/fs/cgroup/user.slice"),
                        Path.of("/sys/fs/cgroup"));
        assertThat(mounts.first("cpu")).isEmpty();
    }
}
