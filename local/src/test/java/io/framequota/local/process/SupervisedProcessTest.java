package io.framequota.local.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
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

    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private final BlockingQueue<Long> started = new LinkedBlockingQueue<>();

    private ProcessSpec shell(String script) {
        return new ProcessSpec(
                "child",
                List.of("/bin/sh", "-c", script),
                Map.of("GREETING", "hello"),
                folder,
                folder.resolve("log"),
                ProcessSpec.NO_HEALTH_PORT);
    }

    /** Size of a file, 0 if it does not exist. */
    private long size(String file) throws IOException {
        return Files.exists(folder.resolve(file)) ? Files.size(folder.resolve(file)) : 0;
    }

    private SupervisedProcess start(ProcessSpec spec, Watchdog watchdog) {
        return new SupervisedProcess(spec, watchdog, messages::add, pid -> {}, () -> started.add(1L));
    }

    @Test
    void aKilledProcessIsRestartedAndTheUserIsTold() throws Exception {
        try (Watchdog watchdog = new Watchdog()) {
            SupervisedProcess child = start(shell("echo $GREETING; exec sleep 1000"), watchdog);
            started.take();
            // Killed sooner it may not have written its line yet.
            await().until(() -> size("log") > 0);
            long first = child.pid();
            ProcessHandle.of(first).orElseThrow().destroyForcibly();

            assertThat(messages.take()).startsWith("child was ended by signal 9; restarting it");
            started.take();
            assertThat(child.pid()).isNotZero().isNotEqualTo(first);
            assertThat(child.restarts()).isEqualTo(1);

            child.requestStop();
            child.awaitStop(Duration.ofSeconds(20));
            assertThat(child.pid()).isZero();
            assertThat(messages).isEmpty();
        }
        assertThat(Files.readString(folder.resolve("log"))).startsWith("hello\n");
    }

    @Test
    void aSignalToTheWholeSessionIsNoFaultOfAProcess() throws Exception {
        try (Watchdog watchdog = new Watchdog()) {
            SupervisedProcess child = start(shell("exec sleep 1000"), watchdog);
            started.take();
            // As when a terminal or a service manager ends the group: the child first, fq a moment later.
            ProcessHandle.of(child.pid()).orElseThrow().destroy();
            await().until(() -> child.pid() == 0);
            child.requestStop();
            child.awaitStop(Duration.ofSeconds(20));
            assertThat(messages).isEmpty();
            assertThat(child.restarts()).isZero();
        }
    }

    @Test
    void aProcessThatAloneGetsSigtermIsRestarted() throws Exception {
        try (Watchdog watchdog = new Watchdog()) {
            SupervisedProcess child = start(shell("exec sleep 1000"), watchdog);
            started.take();
            ProcessHandle.of(child.pid()).orElseThrow().destroy();
            assertThat(messages.take()).startsWith("child was ended by signal 15; restarting it");
            started.take();
            child.requestStop();
            child.awaitStop(Duration.ofSeconds(20));
        }
    }

    @Test
    void theLogOfAVerboseProcessIsRotatedWhileItRuns() throws Exception {
        long much = 3 * SupervisedProcess.LOG_LIMIT_BYTES / 2;
        try (Watchdog watchdog = new Watchdog()) {
            SupervisedProcess child =
                    start(shell("head -c " + much + " /dev/zero; while :; do echo on; sleep 0.05; done"), watchdog);
            await().until(() -> size("log.1") > 0 && size("log") > 0 && size("log") < much);
            assertThat(child.restarts()).isZero();
            assertThat(size("log")).isLessThan(SupervisedProcess.LOG_LIMIT_BYTES);

            child.kill();
            child.awaitStop(Duration.ofSeconds(20));
        }
    }

    @Test
    void aProcessThatIgnoresSigtermIsKilled() throws Exception {
        try (Watchdog watchdog = new Watchdog()) {
            SupervisedProcess child =
                    start(shell("trap '' TERM; echo deaf > deaf; while :; do sleep 0.05; done"), watchdog);
            started.take();
            await().until(() -> Files.exists(folder.resolve("deaf")));
            child.requestStop();
            child.awaitStop(Duration.ofMillis(50));
            assertThat(child.pid()).isZero();
        }
    }

    @Test
    void killingEndsTheDescendantsToo() throws Exception {
        try (Watchdog watchdog = new Watchdog()) {
            SupervisedProcess child = start(shell("sleep 1000 & echo $! > pid.new; mv pid.new pid; wait"), watchdog);
            Path pid = folder.resolve("pid");
            await().until(() -> Files.exists(pid));
            ProcessHandle grandchild = ProcessHandle.of(
                            Long.parseLong(Files.readString(pid).strip()))
                    .orElseThrow();

            child.kill();
            child.awaitStop(Duration.ofSeconds(20));

            grandchild.onExit().get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void aProcessThatCannotBeStartedIsTriedAgain() throws Exception {
        try (Watchdog watchdog = new Watchdog()) {
            ProcessSpec spec = new ProcessSpec(
                    "child",
                    List.of("/no/such/program"),
                    Map.of(),
                    folder,
                    folder.resolve("log"),
                    ProcessSpec.NO_HEALTH_PORT);
            SupervisedProcess child = start(spec, watchdog);
            assertThat(messages.take()).startsWith("child could not be started");
            assertThat(messages.take()).startsWith("child could not be started");
            child.requestStop();
            child.awaitStop(Duration.ofSeconds(20));
        }
    }

    @Test
    void theWatchdogEndsTheProcessesThatAreLeftWhenItsPipeEnds() throws Exception {
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
    void onlyIngestServiceInheritsTheUsersKeys() {
        Map<String, String> inherited = Map.of(
                "FRAMEQUOTA_ADMIN_KEY", "a", "FRAMEQUOTA_METRICS_KEY", "m", "FQ_KEY", "k", "FRAMEQUOTA_AUTH", "keys");
        for (String name : List.of("ingest-service", "inference-service")) {
            Map<String, String> environment = new HashMap<>(inherited);
            SupervisedProcess.setEnvironment(
                    environment,
                    new ProcessSpec(
                            name,
                            List.of(),
                            Map.of("GREETING", "hello"),
                            folder,
                            folder.resolve("log"),
                            ProcessSpec.NO_HEALTH_PORT));

            assertThat(environment).containsEntry("GREETING", "hello").containsEntry("FRAMEQUOTA_AUTH", "keys");
            assertThat(environment.containsValue("a")).isEqualTo(name.equals("ingest-service"));
            assertThat(environment.containsValue("k")).isEqualTo(name.equals("ingest-service"));
        }
    }

    @Test
    void theRestartDelayGrowsUpToFourSecondsAndIsResetByALongRun() {
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
