package io.framequota.common.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CgroupMountsTest {
    @Test
    void version1ControllersMayShareAHierarchy() {
        CgroupMounts mounts = new CgroupMounts(
                "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct\n",
                "4:cpu,cpuacct:/user.slice\n1:name=systemd:/x\n0::/y\n");

        assertThat(mounts.ownV1Folder("cpu")).contains(Path.of("/sys/fs/cgroup/cpu,cpuacct/user.slice"));
        assertThat(mounts.ownV1Folder("cpuacct")).isEqualTo(mounts.ownV1Folder("cpu"));
        assertThat(mounts.ownV2Folders()).isEmpty();
    }

    @Test
    void containerMountMayShowOnlyPartOfTheTree() {
        CgroupMounts mounts = new CgroupMounts(
                "40 30 0:30 /docker/abc /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu\n", "4:cpu:/docker/abc/inner\n");

        assertThat(mounts.ownV1Folder("cpu")).contains(Path.of("/sys/fs/cgroup/cpu/inner"));
    }

    @Test
    void version2FoldersAreListedFromTheOwnGroupUpwards() {
        CgroupMounts mounts = new CgroupMounts(
                "30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n",
                "0::/user.slice/app.scope\n");

        assertThat(mounts.ownV2Folders())
                .containsExactly(
                        Path.of("/sys/fs/cgroup/user.slice/app.scope"),
                        Path.of("/sys/fs/cgroup/user.slice"),
                        Path.of("/sys/fs/cgroup"));
        assertThat(mounts.ownV1Folder("cpu")).isEmpty();
    }
}
