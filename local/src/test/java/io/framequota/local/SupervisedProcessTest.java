package io.framequota.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SupervisedProcessTest {
    @TempDir
    Path folder;

    private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
    private final BlockingQueue<Long> started = new LinkedBlockingQueue<>();

    private ProcessSpec shell(String script) {
        return new ProcessSpec(
                "child",
                List.of("/bin/sh", "-c", script),
                Map.of("GREETING", "hello"),
                folder,
                folder.resolve("log"),
                ProcessSpec.UNASKED);
    }

    private SupervisedProcess start(ProcessSpec spec, Watchdog watchdog) {
        SupervisedProcess[] self = new SupervisedProcess[1];
        self[0] = new SupervisedProcess(spec, watchdog, said::add, () -> started.add(1L));
        return self[0];
    }

    @Test
    void aKilledChildIsStartedAgainAndItsDeathIsSaid() throws Exception {
        try (Watchdog watchdog = new Watchdog()) {
            SupervisedProcess child = start(shell("echo $GREETING; exec sleep 1000"), watchdog);
            started.take();
            // Killed sooner it may not have said anything yet.
            while (!Files.exists(folder.resolve("log")) || Files.size(folder.resolve("log")) == 0) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            long first = child.pid();
            ProcessHandle.of(first).orElseThrow().destroyForcibly();

            assertThat(said.take()).startsWith("child was ended by signal 9; it starts again");
            started.take();
            assertThat(child.pid()).isNotZero().isNotEqualTo(first);
            assertThat(child.restarts()).isEqualTo(1);

            child.requestStop();
            child.awaitStop(Duration.ofSeconds(20));
            assertThat(child.pid()).isZero();
            assertThat(said).isEmpty();
        }
        assertThat(Files.readString(folder.resolve("log"))).startsWith("hello\n");
    }

    @Test
    void aChildThatSaysMuchKeepsItsLogSmallWhileItRuns() throws Exception {
        long much = 3 * SupervisedProcess.LOG_LIMIT / 2;
        try (Watchdog watchdog = new Watchdog()) {
            SupervisedProcess child =
                    start(shell("head -c " + much + " /dev/zero; while :; do echo on; sleep 0.05; done"), watchdog);
            Path log = folder.resolve("log");
            while (!Files.exists(folder.resolve("log.1")) || Files.size(log) == 0 || Files.size(log) >= much) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            assertThat(child.restarts()).isZero();
            assertThat(Files.size(log)).isLessThan(SupervisedProcess.LOG_LIMIT);

            child.kill();
            child.awaitStop(Duration.ofSeconds(20));
        }
    }

    @Test
    void aChildThatDoesNotListenIsKilled() throws Exception {
        try (Watchdog watchdog = new Watchdog()) {
            SupervisedProcess child =
                    start(shell("trap '' TERM; echo deaf > deaf; while :; do sleep 0.05; done"), watchdog);
            started.take();
            while (!Files.exists(folder.resolve("deaf"))) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            child.requestStop();
            child.awaitStop(Duration.ofMillis(50));
            assertThat(child.pid()).isZero();
        }
    }

    @Test
    void killingTakesWhatTheChildHasStartedWithIt() throws Exception {
        try (Watchdog watchdog = new Watchdog()) {
            SupervisedProcess child = start(shell("sleep 1000 & echo $! > pid.new; mv pid.new pid; wait"), watchdog);
            Path pid = folder.resolve("pid");
            while (!Files.exists(pid)) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            ProcessHandle grandchild = ProcessHandle.of(
                            Long.parseLong(Files.readString(pid).strip()))
                    .orElseThrow();

            child.kill();
            child.awaitStop(Duration.ofSeconds(20));

            grandchild.onExit().get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void whatCannotBeStartedIsTriedAgain() throws Exception {
        try (Watchdog watchdog = new Watchdog()) {
            ProcessSpec spec = new ProcessSpec(
                    "child", List.of("/no/such/program"), Map.of(), folder, folder.resolve("log"), ProcessSpec.UNASKED);
            SupervisedProcess child = start(spec, watchdog);
            assertThat(said.take()).startsWith("child cannot be started");
            assertThat(said.take()).startsWith("child cannot be started");
            child.requestStop();
            child.awaitStop(Duration.ofSeconds(20));
        }
    }

    @Test
    void theWatchdogEndsWhatItsPipeLeavesBehind() throws Exception {
        Process left = new ProcessBuilder("sleep", "1000").start();
        Process gone = new ProcessBuilder("sleep", "1000").start();
        try {
            Watchdog watchdog = new Watchdog();
            watchdog.add(left.pid());
            watchdog.add(gone.pid());
            watchdog.remove(gone.pid());
            watchdog.close();

            assertThat(left.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(gone.isAlive()).isTrue();
        } finally {
            left.destroyForcibly();
            gone.destroyForcibly();
        }
    }

    @Test
    void theWaitGrowsButStaysBelowFiveSecondsAndALongLifeForgives() {
        RestartBackoff backoff = new RestartBackoff();
        Duration last = Duration.ZERO;
        for (int i = 0; i < 10; i++) {
            Duration next = backoff.after(Duration.ofMillis(10));
            assertThat(next).isGreaterThanOrEqualTo(last).isLessThan(Duration.ofSeconds(5));
            last = next;
        }
        assertThat(backoff.after(Duration.ofMinutes(1))).isEqualTo(Duration.ofMillis(100));
    }
}
