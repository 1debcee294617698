package io.framequota.cli.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.framequota.cli.StubServer;
import io.framequota.cli.terminal.FileArgument;
import io.framequota.cli.terminal.Terminal;
import io.framequota.client.ServerClient;
import io.framequota.client.Source;
import io.framequota.common.failure.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultDownloadTest {
    @TempDir
    Path folder;

    @Test
    void aVideoThatCannotBeDrawnIsReportedAndTheDetectionsAreKept() throws IOException {
        Path detections = folder.resolve("out.jsonl.gz");
        Path video = folder.resolve("out.mp4");
        byte[] members = StubServer.gzip("{\"frame\":0}\n");
        try (StubServer server = new StubServer()
                        .on("GET /api/v1/jobs/j/detections", 200, members)
                        .on("GET /api/v1/jobs/j", 200, "{\"job\":\"j\",\"state\":\"SUCCEEDED\"}")
                        .on("GET /api/v1/jobs/j/video", 422, "{\"detail\":\"the video of job j could not be drawn\"}");
                ServerClient client = new ServerClient(server.url())) {
            DetectPlan.Task task = new DetectPlan.Task(
                    new Source.Remote("http://host/v.mp4"),
                    new FileArgument("out.jsonl.gz", detections),
                    new FileArgument("out.mp4", video));

            // A task with such an end makes fq detect exit with 1, whatever the others came to.
            assertThatThrownBy(() -> new ResultDownload(
                                    client,
                                    task,
                                    "j",
                                    false,
                                    () -> false,
                                    new Terminal(System.out, System.err, folder, false))
                            .call())
                    .isInstanceOf(Failure.class)
                    .hasMessage("the video of job j could not be drawn; the detections are in out.jsonl.gz")
                    .extracting(e -> ((Failure) e).exitCode())
                    .isEqualTo(Failure.WORK_FAILED);
        }
        assertThat(detections).hasBinaryContent(members);
        assertThat(video).doesNotExist();
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void theResultsAndTheVideoAreWrittenAfterAServerErrorToo() throws Exception {
        byte[] members = StubServer.gzip("{\"frame\":0}\n");
        try (StubServer server = new StubServer()
                        .on("GET /api/v1/jobs/j", 200, "{\"job\":\"j\",\"state\":\"SUCCEEDED\"}")
                        .on("GET /api/v1/jobs/j/detections", 503, "{\"detail\":\"starting\"}")
                        .on("GET /api/v1/jobs/j/video", 200, "film");
                ServerClient client = new ServerClient(server.url())) {
            Thread.startVirtualThread(() -> {
                while (server.requests.isEmpty()) {
                    Thread.onSpinWait();
                }
                server.on("GET /api/v1/jobs/j/detections", 200, members);
            });

            assertThat(download(client, "out.jsonl", "out.mp4").call().succeeded())
                    .isTrue();
        }
        assertThat(folder.resolve("out.jsonl")).hasContent("{\"frame\":0}");
        assertThat(folder.resolve("out.mp4")).hasContent("film");
    }

    @Test
    void aRefusalIsReportedAndAFailedJobKeepsItsResultsSoFar() throws Exception {
        try (StubServer server = new StubServer()
                        .on("GET /api/v1/jobs/j/detections", 404, "{\"detail\":\"there is no job j\"}");
                ServerClient client = new ServerClient(server.url())) {
            assertThatThrownBy(() -> download(client, "none.jsonl", null).call())
                    .hasMessage("there is no job j");
            assertThat(folder).isEmptyDirectory();

            server.on("GET /api/v1/jobs/j/detections", 200, StubServer.gzip("{\"frame\":0}\n"))
                    .on("GET /api/v1/jobs/j", 200, "{\"job\":\"j\",\"state\":\"FAILED\",\"error\":\"damaged\"}");
            assertThat(download(client, "out.jsonl", "out.mp4").call().error()).isEqualTo("damaged");
            assertThat(folder.resolve("out.jsonl")).hasContent("{\"frame\":0}");
            assertThat(folder.resolve("out.mp4")).doesNotExist();
        }
    }

    @Test
    void anInterruptKeepsTheResultsSoFarUnlessAnEarlierRunHasMore() throws Exception {
        Files.writeString(folder.resolve("longer.jsonl"), "{\"frame\":0}\n{\"frame\":1}\n");
        try (StubServer server = new StubServer()
                        .on("GET /api/v1/jobs/j/detections", 200, StubServer.gzip("{\"frame\":0}\n"))
                        .on("GET /api/v1/jobs/j", 200, "{\"job\":\"j\",\"state\":\"RUNNING\"}");
                ServerClient client = new ServerClient(server.url())) {
            for (String output : new String[] {"new.jsonl", "longer.jsonl"}) {
                ResultDownload download = new ResultDownload(
                        client,
                        task(output, null),
                        "j",
                        true,
                        () -> false,
                        new Terminal(System.out, System.err, folder, false));
                int before = server.requests.size();
                Thread downloading = Thread.ofVirtual().start(() -> {
                    try {
                        download.call();
                    } catch (IOException | InterruptedException e) {
                        // The interrupt below.
                    }
                });
                // The job has not ended, so the download starts again and again.
                await().until(() -> server.requests.size() > before + 3);
                downloading.interrupt();
                downloading.join();
            }
        }
        assertThat(folder.resolve("longer.jsonl")).content().contains("\"frame\":1");
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void whenTheSystemIsStoppedTheResultsOfTheLastConnectionAreKept() throws Exception {
        AtomicBoolean stopped = new AtomicBoolean();
        try (StubServer server = new StubServer()
                        .on("GET /api/v1/jobs/j/detections", 200, StubServer.gzip("{\"frame\":0}\n"))
                        .on("GET /api/v1/jobs/j", 200, "{\"job\":\"j\",\"state\":\"RUNNING\"}");
                ServerClient client = new ServerClient(server.url())) {
            ResultDownload download = new ResultDownload(
                    client,
                    task("out.jsonl", null),
                    "j",
                    false,
                    stopped::get,
                    new Terminal(System.out, System.err, folder, false));
            var end = Executors.newVirtualThreadPerTaskExecutor().submit(download);
            await().until(() -> server.requests.size() > 1);
            server.close();
            stopped.set(true);

            assertThatThrownBy(() -> end.get(20, TimeUnit.SECONDS))
                    .hasRootCauseInstanceOf(Failure.class)
                    .hasRootCauseMessage("the system was stopped before the job ended");
        }
        assertThat(folder.resolve("out.jsonl")).hasContent("{\"frame\":0}");
    }

    private ResultDownload download(ServerClient client, String output, String video) {
        return new ResultDownload(
                client,
                task(output, video),
                "j",
                false,
                () -> false,
                new Terminal(System.out, System.err, folder, false));
    }

    private DetectPlan.Task task(String output, String video) {
        return new DetectPlan.Task(
                new Source.Remote("http://host/v.mp4"),
                new FileArgument(output, folder.resolve(output)),
                video == null ? null : new FileArgument(video, folder.resolve(video)));
    }
}
