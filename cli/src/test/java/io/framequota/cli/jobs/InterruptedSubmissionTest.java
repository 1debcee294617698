package io.framequota.cli.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.framequota.cli.StubServer;
import io.framequota.client.JobStatus;
import io.framequota.client.ServerClient;
import io.framequota.client.Source;
import io.framequota.client.Submission;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An interrupted submission leaves no job of which the client does not know. */
class InterruptedSubmissionTest {
    private static final Submission SUBMISSION = new Submission("people", 1, Map.of(), null);

    @TempDir
    Path folder;

    private final AtomicReference<JobStatus> job = new AtomicReference<>();
    private final AtomicReference<InterruptedException> interrupt = new AtomicReference<>();
    private volatile boolean flag;

    @Test
    void theJobIsReturnedWhenTheServerHasTheWholeSource() throws Exception {
        Path file = Files.writeString(folder.resolve("a.mp4"), "pixels");
        CountDownLatch interrupted = new CountDownLatch(1);
        try (StubServer server = new StubServer().on("POST /api/v1/jobs", 202, "{\"job\":\"j\",\"state\":\"QUEUED\"}");
                ServerClient client = new ServerClient(server.url())) {
            server.effect("POST /api/v1/jobs", () -> awaitQuietly(interrupted));
            Thread submitting = submit(client, file);
            await().until(() -> !server.requests.isEmpty());

            submitting.interrupt();
            interrupted.countDown();
            submitting.join();

            assertThat(job.get().id()).isEqualTo("j");
            assertThat(flag).isTrue();
        }
    }

    @Test
    void theServerNeverGetsTheEndOfASourceThatIsStillRead() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        try (StubServer server = new StubServer();
                ServerClient client = new ServerClient(server.url())) {
            Thread submitting = submit(client, pipe);
            try (OutputStream writer = Files.newOutputStream(pipe)) {
                writer.write(new byte[1000]);
                writer.flush();

                submitting.interrupt();
                submitting.join();
            }
            assertThat(interrupt.get()).isNotNull();
            assertThat(server.requests).isEmpty();
        }
    }

    private Thread submit(ServerClient client, Path file) {
        return Thread.ofVirtual().start(() -> {
            try {
                job.set(client.submit(new Source.LocalFile("it", file), SUBMISSION));
            } catch (InterruptedException e) {
                interrupt.set(e);
            }
            flag = Thread.currentThread().isInterrupted();
        });
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
