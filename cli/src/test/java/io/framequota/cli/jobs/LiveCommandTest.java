package io.framequota.cli.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.cli.FqTestBase;
import io.framequota.cli.StubServer;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class LiveCommandTest extends FqTestBase {
    private static final String FRAME = "{\"frame\":%d,\"pts_ms\":0.0,\"detections\":[]}";
    private static final String GAP = "{\"gap\":{\"from_ms\":0.0,\"to_ms\":1.0,\"frames\":2,\"cause\":\"dropped\"}}";

    @Test
    void aStreamIsSubmittedAsALiveJob() throws IOException {
        try (StubServer server = new StubServer().on("POST /api/v1/jobs", 202, "{\"job\":\"j1\",\"live\":{}}")) {
            assertThat(
                            run(
                                    server,
                                    "live listen:desk --model faces --every 3 --label camera=desk --hls --publish rtmp://h/a/k"))
                    .isZero();
            assertThat(out()).isEqualTo("j1\n");
            assertThat(server.requests.getLast().body())
                    .contains(
                            "\"source\":\"listen:desk\"",
                            "\"live\":true",
                            "\"model\":\"faces\"",
                            "\"every\":3",
                            "\"labels\":{\"camera\":\"desk\"}",
                            "\"hls\":true",
                            "\"publish\":\"rtmp://h/a/k\"");
            assertThat(run(server, "live rtsp://h/a --json")).isZero();
            assertThat(out()).endsWith("{\"job\":\"j1\",\"live\":{}}\n");
            assertThat(server.requests.getLast().body()).doesNotContain("publish", "hls");
        }
    }

    @Test
    void wrongUseIsOneLine() throws IOException {
        try (StubServer server = new StubServer()
                .on("POST /api/v1/jobs", 409, "{\"detail\":\"the key of this stream belongs to another open job\"}")) {
            assertThat(run(server, "live listen:desk --every 0")).isEqualTo(2);
            assertThat(err()).isEqualTo("fq: --every 0: give 1 or more\n");
            assertThat(server.requests).isEmpty();
            err.reset();
            assertThat(run(server, "live listen:desk")).isEqualTo(2);
            assertThat(err()).isEqualTo("fq: the key of this stream belongs to another open job\n");
        }
    }

    @Test
    void theLineOfALiveJobShowsRateLatencyGapsAndWhatItWaitsFor() throws IOException {
        String job = "{\"job\":\"j1\",\"state\":\"RUNNING\",\"live\":{\"hls\":false,\"session\":2},\"frames\":40,"
                + "\"frames_done\":45,\"detections\":7,\"fps\":9.96,\"latency_ms\":{\"p50\":80.0,\"p95\":141.4},"
                + "\"gaps\":{\"disconnected\":50,\"dropped\":3},\"waiting_for\":\"waits for a worker\"}";
        try (StubServer server = new StubServer()
                .on("POST /api/v1/jobs/j1/cancel", 200, job)
                .on("GET /api/v1/jobs", 200, "[" + job + "]")) {
            assertThat(run(server, "cancel j1")).isZero();
            assertThat(err())
                    .isEqualTo(
                            "fq: j1 RUNNING 45 frames, 7 detections, 10.0 fps, p95 141 ms, 50 disconnected, 3 dropped;"
                                    + " waits for a worker\n");
            assertThat(run(server, "jobs")).isZero();
            assertThat(out()).contains("45 live");
        }
    }

    private static String event(long id, String line) {
        return "id: " + id + "\nevent: x\ndata: " + line + "\n\n";
    }

    @Test
    void followingPrintsStoredLinesThenLiveOnesAndEachOnce() throws IOException {
        String stored = FRAME.formatted(0) + "\n" + GAP + "\n";
        String live = ":\n\n" + event(0, FRAME.formatted(0)) + event(2, GAP) + event(3, FRAME.formatted(3))
                + "event: missed\ndata: {\"lines\":4}\n\n" + event(8, FRAME.formatted(8));
        try (StubServer server = new StubServer()
                .on("GET /api/v1/jobs/j1", 200, "{\"job\":\"j1\",\"state\":\"RUNNING\",\"live\":{}}")
                .on("GET /api/v1/jobs/j1/live", 200, live)
                .on("GET /api/v1/jobs/j1/detections?follow=false&format=jsonl", 200, stored)) {
            server.effect(
                    "GET /api/v1/jobs/j1/live",
                    () -> server.on(
                            "GET /api/v1/jobs/j1", 200, "{\"job\":\"j1\",\"state\":\"CANCELLED\",\"live\":{}}"));
            assertThat(run(server, "results j1 --follow")).isZero();

            assertThat(out()).isEqualTo(stored + FRAME.formatted(3) + "\n" + FRAME.formatted(8) + "\n");
            assertThat(err()).contains("4 lines were left out here");
        }
    }
}
