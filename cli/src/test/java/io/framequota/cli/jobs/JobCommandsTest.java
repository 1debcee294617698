package io.framequota.cli.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.cli.FqTestBase;
import io.framequota.cli.StubServer;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

class JobCommandsTest extends FqTestBase {
    @Test
    void aJobIsPrintedFieldByFieldOrAsJson() throws IOException {
        String job = "{\"job\":\"j1\",\"frames\":12}";
        try (StubServer server = new StubServer().on("GET /api/v1/jobs/j1", 200, job)) {
            assertThat(run(server, "job j1")).isZero();
            assertThat(out()).isEqualTo("job: j1\nframes: 12\n");
            assertThat(run(server, "job j1 --json")).isZero();
            assertThat(out()).isEqualTo(job + "\n");
        }
    }

    @Test
    void theLineOfAJobShowsItsPositionItsForecastAndItsWarnings() throws IOException {
        try (StubServer server = new StubServer()) {
            assertThat(cancelled(server, "\"state\":\"QUEUED\",\"position\":2,\"seconds\":1,\"forecast_s\":64"))
                    .isEqualTo("fq: j1 QUEUED 0 frames, 0 detections, position 2, ends in about 1 min 3 s\n");
            assertThat(cancelled(
                            server, "\"state\":\"RUNNING\",\"seconds\":90,\"forecast_s\":64,\"expected_frames\":7"))
                    .isEqualTo("fq: j1 RUNNING 0/7 frames, 0 detections, later than forecast\n");
            assertThat(cancelled(server, "\"state\":\"SUCCEEDED\",\"response_s\":5,\"forecast_s\":4.5,\"frames\":7"))
                    .isEqualTo("fq: j1 SUCCEEDED 7 frames, 0 detections, 5.0 s (forecast 4.5 s)\n");
            assertThat(cancelled(server, "\"state\":\"SUCCEEDED\",\"warnings\":[\"a frame is damaged\"]"))
                    .isEqualTo("fq: j1 SUCCEEDED 0 frames, 0 detections; warning: a frame is damaged\n");
        }
    }

    /** What fq cancel says about a job. */
    private String cancelled(StubServer server, String fields) {
        server.on("POST /api/v1/jobs/j1/cancel", 200, "{\"job\":\"j1\"," + fields + "}");
        err.reset();
        assertThat(run(server, "cancel j1")).isZero();
        return err();
    }

    @Test
    void aDryRunTellsWhetherAJobWouldEndInTime() throws IOException {
        String fits = "{\"fits\":true,\"reason\":\"12 s\"}";
        try (StubServer server = new StubServer()
                .on("POST /api/v1/forecast?deadline=30s", 200, fits)
                .on("POST /api/v1/forecast", 200, "{\"fits\":false,\"reason\":\"the queue is long\"}")) {
            assertThat(run(server, "submit sample:walkers --dry-run --deadline 30s --stream 1 --label a=b"))
                    .isZero();
            assertThat(out()).isEqualTo("yes: 12 s\n");
            assertThat(server.requests.getLast().body()).contains("\"stream\":1", "\"labels\":{\"a\":\"b\"}");
            assertThat(run(server, "submit sample:walkers --dry-run")).isZero();
            assertThat(out()).isEqualTo("no: the queue is long\n");
            assertThat(run(server, "submit sample:walkers --dry-run --deadline 30s --json"))
                    .isZero();
            assertThat(out()).isEqualTo(fits + "\n");
        }
    }

    @Test
    void wrongOptionsOfSubmitAreRefused() throws IOException {
        try (StubServer server = new StubServer()) {
            for (String[] options : List.of(
                    new String[] {"--every 0", "--every 0: give 1 or more"},
                    new String[] {"--stream -1", "--stream -1: give 0 or more"},
                    new String[] {"--transport pigeons", "--transport pigeons: give auto, packets or pixels"},
                    new String[] {"--again abc", "give SOURCEs, or --again JOB"},
                    new String[] {"--deadline 3s", "--deadline requires --dry-run"},
                    new String[] {"--json", "--json requires --dry-run"})) {
                err.reset();
                assertThat(run(server, "submit sample:walkers " + options[0])).isEqualTo(2);
                assertThat(err()).contains(options[1]).hasLineCount(1);
            }
            assertThat(server.requests).isEmpty();
        }
    }

    @Test
    void theSourceOfAJobIsSubmittedAgain() throws IOException {
        try (StubServer server = new StubServer()
                .on("GET /api/v1/jobs", 200, "[{\"job\":\"abc123\"}]")
                .on("POST /api/v1/jobs", 202, "{\"job\":\"def\"}")) {
            assertThat(run(server, "submit --again abc --model faces --every 3 --transport packets"))
                    .isZero();
            assertThat(out()).isEqualTo("def\n");
            assertThat(server.requests.getLast().body())
                    .contains(
                            "\"again\":\"abc123\"", "\"model\":\"faces\"", "\"every\":3", "\"transport\":\"packets\"");
            assertThat(run(server, "submit --again abc --dry-run")).isEqualTo(2);
            assertThat(run(server, "submit")).isEqualTo(2);
        }
    }

    @Test
    void aRefusedSourceDoesNotStopTheOthersAndTheWorstExitCodeCounts() throws IOException {
        Files.writeString(folder.resolve("a.mp4"), "pixels");
        try (StubServer server = new StubServer().on("POST /api/v1/jobs", 503, "<html>busy</html>")) {
            assertThat(run(server, "submit a.mp4 sample:walkers --stream 0")).isEqualTo(1);
            assertThat(server.requests).hasSize(2);
            assertThat(server.requests.getFirst().body()).contains("name=\"stream\"\r\n\r\n0\r\n");
            assertThat(err())
                    .contains("a.mp4: the server answered 503 with a web page: it may not be a Framequota server")
                    .hasLineCount(2);
        }
    }

    @Test
    void answersThatAreNotOfFramequotaAreReportedInOneLine() throws IOException {
        try (StubServer server = new StubServer()) {
            server.on("GET /api/v1/jobs/j1", 200, "<html>hello</html>");
            assertThat(run(server, "job j1")).isEqualTo(1);
            server.on("GET /api/v1/jobs/j1", 200, "");
            assertThat(run(server, "job j1")).isEqualTo(1);
            server.on("GET /api/v1/jobs/j1", 500, "out of order\nmore");
            assertThat(run(server, "job j1")).isEqualTo(1);
            server.on("GET /api/v1/jobs/j1", 500, "");
            assertThat(run(server, "job j1")).isEqualTo(1);
            assertThat(err().lines())
                    .containsExactly(
                            "fq: the server answered with a web page: it may not be a Framequota server; correct --server or"
                                    + " FQ_SERVER",
                            "fq: the server answered with something other than JSON: it may not be a Framequota server;"
                                    + " correct --server or FQ_SERVER",
                            "fq: out of order",
                            "fq: the server answered 500");
            assertThat(run("job", "..", "--server", server.url())).isEqualTo(2);
            assertThat(err()).contains("there is no job '..': fq jobs lists them");
        }
    }

    @Test
    void watchGoesOnWhenTheConnectionEndsBeforeTheJob() throws IOException {
        String running = "{\"job\":\"j1\",\"state\":\"RUNNING\"}";
        String ended = "{\"job\":\"j1\",\"state\":\"SUCCEEDED\"}";
        try (StubServer server = new StubServer()
                .on("GET /api/v1/jobs/j1", 200, running)
                .on("GET /api/v1/jobs/j1/events", 200, "data: " + running + "\n\n")) {
            Thread.startVirtualThread(() -> {
                while (server.requests.stream()
                                .filter(r -> r.line().endsWith("/events"))
                                .count()
                        < 2) {
                    Thread.onSpinWait();
                }
                server.on("GET /api/v1/jobs/j1", 200, ended);
            });
            assertThat(run(server, "watch j1")).isZero();
            assertThat(out()).isEqualTo("j1 SUCCEEDED 0 frames, 0 detections\n");
        }
    }
}
