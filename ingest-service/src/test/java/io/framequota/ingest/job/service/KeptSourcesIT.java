package io.framequota.ingest.job.service;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.framequota.ingest.access.Caller;
import io.framequota.ingest.access.Role;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.source.SourceStore;
import io.framequota.ingest.testing.Await;
import io.framequota.ingest.testing.Client;
import io.framequota.ingest.testing.FakeWorker;
import io.framequota.ingest.testing.JobsProfile;
import io.framequota.ingest.testing.StubSourceStore;
import io.framequota.ingest.testing.TestDisk;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.VideoDecoder;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How much of the disk sources may take, and when they are deleted. */
@QuarkusTest
@TestProfile(JobsProfile.class)
class KeptSourcesIT {
    @ConfigProperty(name = "kafka.bootstrap.servers")
    String bootstrap;

    @Inject
    TestDisk disk;

    @Inject
    IngestConfig config;

    @Inject
    JobService jobs;

    @Inject
    VideoDecoder decoder;

    @TestHTTPResource
    URI server;

    private FakeWorker worker;

    @BeforeEach
    void start() {
        worker = new FakeWorker(bootstrap);
        Client.awaitModels();
    }

    @AfterEach
    void stop() throws InterruptedException {
        disk.clear();
        worker.close();
    }

    @Test
    void uploadsLeaveTheReserveFree() throws IOException {
        List<String> before = uploads();
        // 500 GiB were free at the start, so the reserve is 4 GiB.
        disk.setUsable(4L << 30);

        Client.video(5)
                .post("/api/v1/jobs")
                .then()
                .statusCode(507)
                .body(
                        "detail",
                        equalTo("the upload v.mp4 does not fit: the server's storage is full; free some space or"
                                + " submit a smaller file"));
        assertThat(uploads()).isEqualTo(before);
        String sample = given().contentType("application/json")
                .body("{\"source\":\"sample:walkers\"}")
                .post("/api/v1/jobs")
                .path("job");
        Client.await(sample, "SUCCEEDED");
        given().get("/api/v1/jobs/" + sample + "/video")
                .then()
                .statusCode(507)
                .body("detail", containsString("storage is full"));

        disk.setUsable((4L << 30) + 1000);
        Client.await(Client.submit(5), "SUCCEEDED");
        assertThat(given().get("/q/metrics").asString()).contains("framequota_storage_reserve_bytes 4.294967296E9");
    }

    @Test
    void aSourceThatIsNoVideoIsDeleted() {
        String junk = given().multiPart("file", "junk.mp4", "nonsense".getBytes(StandardCharsets.UTF_8))
                .post("/api/v1/jobs")
                .path("job");
        Client.await(junk, "FAILED");

        Await.until("the upload is deleted", () -> !Files.exists(upload(junk)));
        Await.until(
                "the source is gone",
                () -> given().post("/api/v1/jobs/" + junk + "/redrive").statusCode() == 410);
    }

    @Test
    void aSourceBeyondALimitIsKept() throws IOException {
        String large = given().multiPart("file", "large.mp4", "too large".getBytes(StandardCharsets.UTF_8))
                .post("/api/v1/jobs")
                .path("job");
        Client.await(large, "FAILED");
        given().get("/api/v1/jobs/" + large).then().body("error", containsString("raise it"));

        Files.writeString(upload(large).resolve("large.mp4"), "frames=5");
        given().post("/api/v1/jobs/" + large + "/redrive").then().statusCode(202);

        Client.await(large, "SUCCEEDED");
    }

    @Test
    void aDryRunStopsFetchingAfterItsTimeout() {
        SourceStore slow = new StubSourceStore() {
            @Override
            public void fetch(String address, String job, BooleanSupplier stopped) throws InterruptedException {
                Await.until("the fetch is stopped", stopped);
                throw new InterruptedException("stopped");
            }
        };
        DryRunService runs = new DryRunService(jobs, slow, decoder, Duration.ofMillis(100));
        JobService.Submission asked = submission("http://host/v.mp4");

        // More dry runs than slots: each releases its slot.
        for (int i = 0; i < 6; i++) {
            assertThatThrownBy(() -> runs.of(Caller.ANYBODY, asked))
                    .isInstanceOf(RejectedRequestException.class)
                    .hasMessageStartingWith("the source was not fetched within")
                    .hasMessageEndingWith("submit it instead");
        }
    }

    @Test
    void aTenantHasAPartOfTheDryRuns() throws Exception {
        CountDownLatch fetching = new CountDownLatch(2);
        CountDownLatch end = new CountDownLatch(1);
        SourceStore store = new StubSourceStore() {
            @Override
            public void fetch(String address, String job, BooleanSupplier stopped)
                    throws SourceException, InterruptedException {
                if (address.contains("slow")) {
                    fetching.countDown();
                    end.await();
                }
                throw SourceException.lacking("fetched");
            }
        };
        DryRunService runs = new DryRunService(jobs, store, decoder, Duration.ofMinutes(1));
        Caller north = new Caller("n", "north", Set.of(Role.SUBMIT));
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            all.add(CompletableFuture.runAsync(() -> runs.of(north, submission("http://host/slow.mp4"))));
        }
        fetching.await();

        try {
            assertThatThrownBy(() -> runs.of(north, submission("http://host/v.mp4")))
                    .hasMessageStartingWith("too many dry runs at once");
            assertThatThrownBy(() ->
                            runs.of(new Caller("s", "south", Set.of(Role.SUBMIT)), submission("http://host/v.mp4")))
                    .hasMessage("fetched");
        } finally {
            end.countDown();
        }
        all.forEach(run -> assertThatThrownBy(run::join).hasMessageContaining("fetched"));
        assertThatThrownBy(() -> runs.of(north, submission("http://host/v.mp4")))
                .hasMessage("fetched");
    }

    private static JobService.Submission submission(String address) {
        return new JobService.Submission(
                address, "people", 1, Map.of(), null, VideoDecoder.ANY_STREAM, "auto", "", Optional.empty(), null);
    }

    @Test
    void anInternalErrorOfADryRunIsNotShownToTheClient() {
        SourceStore broken = new StubSourceStore() {
            @Override
            public Path resolve(String source, String job, BooleanSupplier stopped) {
                throw new IllegalStateException("not for clients");
            }
        };
        JobService.Submission asked = submission("sample:walkers");

        assertThatThrownBy(() -> new DryRunService(jobs, broken, decoder).of(Caller.ANYBODY, asked))
                .hasMessage("the source could not be read: an error inside the server, whose log says more");
    }

    @Test
    void deletingAnEndedJobDeletesAllItsFiles() {
        String id = Client.video(12)
                .header("Idempotency-Key", "removed")
                .post("/api/v1/jobs")
                .path("job");
        Client.await(id, "SUCCEEDED");
        given().get("/api/v1/jobs/" + id + "/video").then().statusCode(200);
        assertThat(upload(id)).exists();

        given().post("/api/v1/jobs/" + id + "/cancel").then().statusCode(409);
        given().delete("/api/v1/jobs/" + id).then().statusCode(200).body("state", equalTo("SUCCEEDED"));

        assertThat(upload(id)).doesNotExist();
        assertThat(config.storage().resolve("results").resolve(id)).doesNotExist();
        given().get("/api/v1/jobs/" + id).then().statusCode(404);
        given().delete("/api/v1/jobs/" + id).then().statusCode(404);
        assertThat(Client.video(12)
                        .header("Idempotency-Key", "removed")
                        .post("/api/v1/jobs")
                        .<String>path("job"))
                .isNotEqualTo(id);
    }

    @Test
    void theSourceOfAJobIsUsedAgainAlsoWhenThatJobIsDeleted() throws IOException {
        String first = Client.submit(12);
        Client.await(first, "SUCCEEDED");

        String again = again(first, ",\"model\":\"people\",\"every\":3,\"transport\":\"pixels\"")
                .statusCode(202)
                .body("source", equalTo("v.mp4"))
                .extract()
                .path("job");
        given().delete("/api/v1/jobs/" + first).then().statusCode(200);

        assertThat(again).isNotEqualTo(first);
        Client.await(again, "SUCCEEDED");
        given().get("/api/v1/jobs/" + again)
                .then()
                .body("frames", equalTo(4))
                .body("frame_transport", equalTo("pixels"))
                .body("frame_transport_reason", equalTo("pixels were asked for"));
        assertThat(upload(again).resolve("v.mp4")).exists();
        assertThat(upload(first)).doesNotExist();
    }

    @Test
    void aSourceThatIsNotKeptCannotBeUsedAgain() throws IOException {
        String gone = Client.submit(5);
        Client.await(gone, "SUCCEEDED");
        Files.delete(upload(gone).resolve("v.mp4"));
        List<String> before = uploads();

        again(gone, "")
                .statusCode(410)
                .body("detail", equalTo("the source of job " + gone + " is not kept here; submit it again"));
        again("abc", "").statusCode(404);
        again(gone, ",\"source\":\"sample:walkers\"").statusCode(400);
        again(gone, ",\"transport\":\"pigeons\"")
                .statusCode(422)
                .body("detail", equalTo("transport is \"pigeons\"; it must be auto, packets or pixels"));
        assertThat(before).containsAll(uploads());
    }

    private static ValidatableResponse again(String job, String fields) {
        return given().contentType("application/json")
                .body("{\"again\":\"" + job + "\"" + fields + "}")
                .post("/api/v1/jobs")
                .then();
    }

    @Test
    void anUploadThatBreaksOffLeavesNoFile() throws IOException {
        List<String> before = uploads();
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            socket.getOutputStream()
                    .write(("POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n"
                                    + "Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n"
                                    + "Content-Disposition: form-data; name=\"file\"; filename=\"half.mp4\"\r\n\r\n"
                                    + "y".repeat(300_000))
                            .getBytes(StandardCharsets.US_ASCII));
            Await.until("half of the upload is stored", () -> !uploads().equals(before));
        }
        Await.until("the upload is deleted", () -> uploads().equals(before));
    }

    private Path upload(String id) {
        return config.storage().resolve("uploads").resolve(id);
    }

    private List<String> uploads() {
        Path folder = config.storage().resolve("uploads");
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(p -> p.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
