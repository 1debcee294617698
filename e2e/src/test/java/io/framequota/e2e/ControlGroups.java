package io.framequota.e2e;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;

/** The control groups of the machine that the tests run on. */
final class ControlGroups {
    static final Path MOUNT = Path.of("/sys/fs/cgroup");

    /** Skips the test where this user may not make any. */
    static void needed() {
        Path cpu = MOUNT.resolve("cpu");
        assumeThat(Files.isWritable(Files.isDirectory(cpu) ? cpu : MOUNT))
                .as("this user may make control groups")
                .isTrue();
    }

    private ControlGroups() {}
}
