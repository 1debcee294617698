package io.framequota.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.cli.FqTestBase;
import io.framequota.cli.StubServer;
import io.framequota.local.DataFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Commands about a system on this machine, which a test plays by its data folder. */
class SystemCommandsTest extends FqTestBase {
    @Test
    void whenNothingRunsDownSucceedsAndStatusFails() {
        assertThat(run("down")).isZero();
        assertThat(run("status")).isEqualTo(1);
        assertThat(err()).contains("nothing runs on").hasLineCount(2);
    }

    @Test
    void statusShowsTheProcessesOfARunningSystem() throws IOException {
        Path data = folder.resolve("data");
        try (DataFolder held = DataFolder.take(data)) {
            // A system that has just been started has not written its state yet.
            assertThat(run("status", "--data", "data")).isEqualTo(1);

            state(held, 1, true);
            assertThat(run("status", "--data", "data")).isZero();
            assertThat(out()).isEqualTo("""
                    http://127.0.0.1:8080, data in %s
                    PROCESS    PID  HTTP   RESTARTS
                    scheduler  77   34567  0
                    worker     -    -      2
                    """.formatted(data));
            state(held, 1, false);
            assertThat(run("status", "--data", "data")).isZero();
            assertThat(out()).startsWith("http://127.0.0.1:8080 (starting), data in");
            assertThat(run("status", "--data", "data", "--json")).isZero();
            assertThat(out()).startsWith("{\"pid\":1,\"url\":\"http://127.0.0.1:8080\",\"ready\":false");
        }
    }

    @Test
    void statusOfAServerShowsItsWorkers() throws IOException {
        String workers = "[{\"worker\":\"worker-0\",\"ready\":true,\"cores\":1,\"running\":{\"job\":\"ab12\"}}]";
        try (StubServer server = new StubServer().on("GET /api/v1/workers", 200, workers)) {
            assertThat(run("status", "--server", server.url())).isZero();
            String table = "WORKER    READY  CORES  QUOTA  JOB\nworker-0  yes    1      -      ab12\n";
            assertThat(out()).isEqualTo(server.url() + ", 1 worker\n" + table);
            assertThat(run(server, "status")).isZero();
            assertThat(out()).isEqualTo(server.url() + ", 1 worker\n" + table);
            assertThat(run(server, "status --json")).isZero();
            assertThat(out()).isEqualTo(workers + "\n");
            assertThat(run(server, "status --data data"))
                    .as("an option comes before the environment")
                    .isEqualTo(1);
        }
    }

    @Test
    void downEndsTheProcessOfTheSystemAndWaitsForItsFolder() throws Exception {
        Process fq = new ProcessBuilder("sleep", "600").start();
        DataFolder held = DataFolder.take(folder.resolve("data"));
        try {
            state(held, fq.pid(), true);
            fq.onExit().thenRun(() -> {
                try {
                    held.close();
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });

            assertThat(run("down", "--data", "data")).isZero();
            assertThat(err()).contains("stopped the system on " + folder.resolve("data"));
            assertThat(fq.waitFor(10, TimeUnit.SECONDS)).isTrue();
        } finally {
            fq.destroyForcibly();
        }
    }

    @Test
    void logsPrintTheLastLinesOfTheNamedProcesses() throws IOException {
        Path logs = Files.createDirectories(folder.resolve("data/logs"));
        Files.writeString(logs.resolve("scheduler.log"), "one\ntwo\nthree\n");
        Files.writeString(logs.resolve("broker.log"), "up\n");

        assertThat(run("logs", "scheduler", "--lines", "2", "--data", "data")).isZero();
        assertThat(out()).isEqualTo("two\nthree\n");
        assertThat(run("logs", "--lines", "1", "--data", "data")).isZero();
        assertThat(out()).isEqualTo("broker | up\nscheduler | three\n");
        assertThat(run("logs", "nobody", "--data", "data")).isEqualTo(2);
        assertThat(err()).contains("there is no log of nobody; there are logs of broker, scheduler");
    }

    @Test
    void aSystemThatRunsOnTheFolderIsReportedByUp() throws IOException {
        try (DataFolder held = DataFolder.take(folder.resolve("data"))) {
            assertThat(run("up", "--data", held.path().toString())).isEqualTo(2);
            assertThat(err()).contains("a system is already running on").hasLineCount(1);
        }
    }

    private static void state(DataFolder held, long pid, boolean ready) throws IOException {
        Files.writeString(held.path().resolve("system.json"), """
                {"pid":%d,"url":"http://127.0.0.1:8080","ready":%b,"processes":[
                 {"name":"scheduler","pid":77,"restarts":0,"httpPort":34567},{"name":"worker","pid":0,"restarts":2}]}""".formatted(pid, ready));
    }
}
