package io.framequota.local.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.framequota.contract.frame.SharedMemoryNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WatchdogTest {
    private static Path region(Process process) throws IOException {
        assumeTrue(Files.isDirectory(SharedMemoryNames.FOLDER), "skipped: no " + SharedMemoryNames.FOLDER);
        return Files.createFile(
                SharedMemoryNames.FOLDER.resolve(SharedMemoryNames.PREFIX + process.pid() + "-0-" + System.nanoTime()));
    }

    private static void awaitGone(Path file) {
        await().atMost(Duration.ofSeconds(30)).until(() -> !Files.exists(file));
    }

    @Test
    void sharedMemoryOfAnEndedProcessIsRemoved() throws Exception {
        Process dies = new ProcessBuilder("sleep", "600").start();
        Process lives = new ProcessBuilder("sleep", "600").start();
        Path ofDead = region(dies);
        Path ofLiving = region(lives);
        try (Watchdog watchdog = new Watchdog()) {
            watchdog.add(dies.pid());
            watchdog.add(lives.pid());
            dies.destroyForcibly().waitFor();
            watchdog.remove(dies.pid());

            awaitGone(ofDead);
            assertThat(ofLiving).exists();
        }
        // The end of the pipe, as after the end of fq, ends the other process and removes its shared memory.
        awaitGone(ofLiving);
        assertThat(lives.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
}
