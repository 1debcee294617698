package io.framequota.local;

import static org.assertj.core.api.Assertions.assertThat;
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

    private static void awaitGone(Path file) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (Files.exists(file)) {
            assertThat(System.nanoTime())
                    .as("time to wait until %s is gone", file)
                    .isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    @Test
    void namesInSharedMemoryGoWithTheProcessThatMadeThem() throws Exception {
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
        // Closed as by the end of fq: it ends the other one, and what that had goes too.
        awaitGone(ofLiving);
        assertThat(lives.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
}
