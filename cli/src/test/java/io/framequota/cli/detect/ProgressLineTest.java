package io.framequota.cli.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.cli.StubServer;
import io.framequota.cli.terminal.Terminal;
import io.framequota.client.ServerClient;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Terminal terminal =
            new Terminal(OutputStream.nullOutputStream(), new PrintStream(err), Path.of(""), false);

    @Test
    void theLineSumsUpTheJobsAndItsFramesNeverGoBack() throws Exception {
        try (StubServer server = new StubServer();
                ServerClient client = new ServerClient(server.url())) {
            ProgressLine one = new ProgressLine(terminal, client, List.of("j1"), "a.mp4", false);
            assertThat(shown(one, server, "{\"state\":\"RUNNING\",\"expected_frames\":40}"))
                    .isEqualTo("a.mp4: 0/40 frames, running\n");

            server.on("GET /api/v1/jobs/j2", 200, "{\"state\":\"SUCCEEDED\",\"frames\":5}");
            ProgressLine two = new ProgressLine(terminal, client, List.of("j1", "j2"), "a.mp4", false);
            String running = "{\"state\":\"RUNNING\",\"frames_done\":20,\"expected_frames\":40}";
            assertThat(shown(two, server, running)).isEqualTo("1 of 2 jobs done: 25/45 frames, running\n");
            int before = server.requests.size();
            assertThat(shown(two, server, running.replace("20", "25"))).contains(": 30/45 frames, ");
            assertThat(shown(two, server, running.replace("20", "19"))).contains(": 30/45 frames, ");
            assertThat(server.requests.subList(before, server.requests.size()))
                    .as("an ended job is not asked for again")
                    .hasSize(2);
            assertThat(shown(two, server, running.replace(",\"expected_frames\":40", "")))
                    .contains(": 30 frames, ");
        }
    }

    @Test
    void nothingIsShownWhileTheServerIsUnavailableOrNothingChanges() throws Exception {
        try (StubServer server = new StubServer();
                ServerClient client = new ServerClient(server.url())) {
            ProgressLine progress = new ProgressLine(terminal, client, List.of("j1"), "a.mp4", false);
            progress.show();
            assertThat(err.size()).isZero();
            String queued = "{\"state\":\"QUEUED\"}";
            assertThat(shown(progress, server, queued)).isEqualTo("a.mp4: 0 frames, queued\n");
            assertThat(shown(progress, server, queued)).isEmpty();
            assertThat(progress.intervalMillis()).isEqualTo(2000);
        }
    }

    @Test
    void whileTheAnnotatedVideoIsWrittenTheLineDoesNotChange() throws Exception {
        try (StubServer server = new StubServer();
                ServerClient client = new ServerClient(server.url())) {
            ProgressLine progress = new ProgressLine(terminal, client, List.of("j1"), "a.mp4", true);
            String ended = "{\"state\":\"SUCCEEDED\",\"frames\":1}";
            assertThat(shown(progress, server, ended)).isEqualTo("a.mp4: 1 frame, writing the annotated video\n");
            assertThat(shown(progress, server, ended)).isEmpty();
        }
    }

    private String shown(ProgressLine progress, StubServer server, String job) throws InterruptedException {
        server.on("GET /api/v1/jobs/j1", 200, job);
        err.reset();
        progress.show();
        return err.toString(StandardCharsets.UTF_8);
    }
}
