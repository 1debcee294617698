package io.framequota.cli.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.cli.StubServer;
import io.framequota.cli.terminal.Terminal;
import io.framequota.client.ServerClient;
import io.framequota.client.Source;
import io.framequota.common.failure.Failure;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultDownloadTest {
    @TempDir
    Path folder;

    @Test
    void aVideoThatCannotBeDrawnIsOneLineAndTheDetectionsAreThere() throws IOException {
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
                    new OutputPaths.Named("out.jsonl.gz", detections),
                    new OutputPaths.Named("out.mp4", video));

            // A task with such an end makes fq detect exit with 1, whatever the others came to.
            assertThatThrownBy(() -> new ResultDownload(
                                    client, task, "j", false, new Terminal(System.out, System.err, folder, false))
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
}
