package io.framequota.ingest.live.publish;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;

import io.framequota.contract.control.AccessUnit;
import io.framequota.contract.control.LiveAnnotated;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.testing.Await;
import io.framequota.ingest.testing.Client;
import io.framequota.ingest.testing.LiveProfile;
import io.framequota.ingest.testing.LiveServiceBase;
import io.framequota.media.decode.ColorInfo;
import io.framequota.media.encode.ffmpeg.LiveEncoder;
import io.framequota.media.testing.Ffmpeg;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The annotated stream of a live job as it leaves the service; the test encodes it in the worker's place. */
@QuarkusTest
@TestProfile(LiveProfile.class)
class LiveVideoIT extends LiveServiceBase {
    @Inject
    IngestConfig config;

    @TempDir
    Path folder;

    private LiveEncoder encoder;

    @BeforeEach
    void openEncoder() throws Exception {
        encoder = new LiveEncoder(160, 120, 10, ColorInfo.BT709);
    }

    @AfterEach
    void closeEncoder() {
        encoder.close();
    }

    /** Sends pictures from a time on, 100 ms apart. */
    private void annotate(String id, long epoch, int from, int until) throws Exception {
        for (int i = from; i < until; i++) {
            byte[] bgr = new byte[160 * 120 * 3];
            bgr[i * 3] = (byte) 200;
            for (AccessUnit unit : encoder.encode(bgr, i * 100.0)) {
                LiveAnnotated.Builder packet = LiveAnnotated.newBuilder()
                        .setJob(id)
                        .setEpoch(epoch)
                        .setSession(1)
                        .setUnit(unit)
                        .setReceivedAtMs(System.currentTimeMillis() - 250);
                if (unit.getKey()) {
                    packet.setCodec(encoder.parameters());
                }
                worker.send(packet.build());
            }
        }
    }

    @Test
    void anAnnotatedStreamIsWatchedAsHlsWhileItsJobRuns() throws Exception {
        String id = live("listen:shown", ",\"hls\":true");
        streams.publish("shown").send(3);
        String playlist = "/api/v1/jobs/" + id + "/live.m3u8";
        given().get(playlist)
                .then()
                .statusCode(404)
                .contentType("application/problem+json")
                .body("detail", containsString("no such part"));

        annotate(id, 1, 0, 100);
        Await.until("a playlist", () -> given().get(playlist).statusCode() == 200);
        Await.until("four segments", () -> given().get(playlist).asString().contains("live/3.ts"));

        given().get(playlist)
                .then()
                .contentType("application/vnd.apple.mpegurl")
                .header("Cache-Control", "no-store")
                .header("Access-Control-Allow-Origin", (String) null);
        given().get("/api/v1/jobs/" + id + "/live/0.ts").then().statusCode(200).contentType("video/mp2t");
        for (String wrong : List.of("99.ts", "live.m3u8", "..%2Flive.m3u8", "0.ts%00")) {
            given().urlEncodingEnabled(false)
                    .get("/api/v1/jobs/" + id + "/live/" + wrong)
                    .then()
                    .statusCode(not(equalTo(200)));
        }
        given().header("Origin", "http://elsewhere.example")
                .get(playlist)
                .then()
                .statusCode(403);
        Path copy = Ffmpeg.make(
                folder.resolve("copy.mkv"),
                "-live_start_index 0 -i " + server.resolve(playlist) + " -frames:v 60 -c copy");
        assertThat(Ffmpeg.count(copy)).isEqualTo(60);
        given().get("/api/v1/jobs/" + id)
                .then()
                .body("live.hls", equalTo(true))
                .body("$", hasKey("annotated_latency_ms"));
        float p50 = given().get("/api/v1/jobs/" + id).path("annotated_latency_ms.p50");
        assertThat(p50).isBetween(250f, 5000f);

        assertThat(folders(id)).hasSize(1);
        given().post("/api/v1/jobs/" + id + "/cancel").then().statusCode(200);
        given().get(playlist).then().statusCode(404);
        Await.until("its files are deleted", () -> folders(id).isEmpty());
    }

    /** Folders with the HLS files of a job. */
    private List<Path> folders(String id) {
        try (Stream<Path> all = Files.list(config.storage().toAbsolutePath().resolve("live"))) {
            return all.filter(f -> f.getFileName().toString().startsWith(id)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void packetsOfAnOlderLeadersWorkerAreLeftOut() throws Exception {
        String id = live("listen:moved", ",\"hls\":true");
        streams.publish("moved").send(3);
        annotate(id, 2, 0, 30);
        annotate(id, 1, 30, 60);
        annotate(id, 2, 60, 90);

        String playlist = "/api/v1/jobs/" + id + "/live.m3u8";
        Await.until("two segments", () -> given().get(playlist).asString().contains("live/1.ts"));
        // Each segment ends at a key picture; between 2.9 and 6 s nothing came.
        assertThat(given().get(playlist).asString())
                .contains("#EXTINF:2.000000")
                .contains("#EXTINF:4.0");
    }

    @Test
    void aTargetThatMayNotBePublishedAtIsAWarningOfTheJobWithoutItsKey() throws Exception {
        String id = live("listen:sent", ",\"publish\":\"rtmp://127.0.0.1:9/live/a-very-secret-key\"");
        streams.publish("sent").send(3);
        Client.await(id, "RUNNING");
        annotate(id, 1, 0, 5);

        Await.until(
                "a warning",
                () -> !given().get("/api/v1/jobs/" + id)
                        .<List<String>>path("warnings")
                        .isEmpty());
        given().get("/api/v1/jobs/" + id)
                .then()
                .body("state", equalTo("RUNNING"))
                .body("live.publish", equalTo("rtmp://127.0.0.1:9/live/***"))
                .body("warnings", hasItem(containsString("publishing at 127.0.0.1 failed")))
                .body("warnings", hasItem(containsString("internal address")))
                .body("warnings", not(hasItem(containsString("secret"))));
        given().get("/api/v1/jobs/" + id + "/live.m3u8").then().statusCode(404);
    }
}
