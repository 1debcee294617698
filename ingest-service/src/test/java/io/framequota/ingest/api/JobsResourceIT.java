package io.framequota.ingest.api;

import static io.framequota.ingest.testing.Client.frames;
import static io.framequota.ingest.testing.Client.gunzip;
import static io.framequota.ingest.testing.Client.numbers;
import static io.framequota.ingest.testing.Client.submit;
import static io.framequota.ingest.testing.Client.video;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.framequota.contract.control.JobFact;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.testing.Await;
import io.framequota.ingest.testing.Client;
import io.framequota.ingest.testing.FakeWorker;
import io.framequota.ingest.testing.JobsProfile;
import io.framequota.ingest.testing.TestAnnotator;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The REST API with a real database and a real broker. Decoding is scripted; worker and scheduler are fakes. */
@QuarkusTest
@TestProfile(JobsProfile.class)
class JobsResourceIT {
    private static final String PROBLEM = "application/problem+json";
    private static final byte[] LARGE = "frames=30 of=20000000".getBytes(StandardCharsets.UTF_8);

    @ConfigProperty(name = "kafka.bootstrap.servers")
    String bootstrap;

    @Inject
    TestAnnotator annotator;

    @Inject
    IngestConfig config;

    @TestHTTPResource
    URI server;

    private FakeWorker worker;

    @BeforeEach
    void startWorker() {
        worker = new FakeWorker(bootstrap);
        Client.awaitModels();
    }

    @AfterEach
    void stopWorker() throws InterruptedException {
        worker.close();
    }

    @Test
    void anUploadIsAcceptedAtOnceAndItsResultHasOneLinePerFrameInOrder() {
        Response accepted = given().multiPart("model", "people")
                .multiPart("label", "camera=north")
                .multiPart("file", "a video.mp4", "frames=35".getBytes(StandardCharsets.UTF_8))
                .multiPart("label", "site=a=b")
                .post("/api/v1/jobs");

        assertThat(accepted.statusCode()).isEqualTo(202);
        String id = accepted.path("job");
        assertThat(accepted.header("Location")).endsWith("/api/v1/jobs/" + id);
        assertThat(accepted.<String>path("source")).isEqualTo("a video.mp4");
        assertThat(accepted.<String>path("labels.camera")).isEqualTo("north");
        assertThat(accepted.<String>path("labels.site")).isEqualTo("a=b");
        byte[] result = given().get("/api/v1/jobs/" + id + "/detections").asByteArray();
        assertThat(frames(gunzip(result))).isEqualTo(numbers(0, 35));
        given().get("/api/v1/jobs/" + id)
                .then()
                .statusCode(200)
                .body("state", equalTo("SUCCEEDED"))
                .body("frames", equalTo(35))
                .body("frames_done", equalTo(35))
                .body("expected_frames", equalTo(35))
                .body("detections", equalTo(35))
                .body("chunks", equalTo(4))
                .body("chunks_committed", equalTo(4))
                .body("model_seconds", equalTo(0.49f))
                .body("decode_seconds", equalTo(0.004f))
                .body("frame_transport", equalTo("pixels"))
                .body("transport", equalTo("raw"))
                .body("policy", equalTo("auto"))
                .body("warnings.size()", equalTo(0))
                .body("submitted_at", notNullValue())
                .body("ended_at", notNullValue());
    }

    @Test
    void aResultWhoseFilesAreGoneIsGoneAndItsJobSaysSo() throws IOException {
        String id = submit(35);
        Client.await(id, "SUCCEEDED");
        java.nio.file.Path folder = config.storage().resolve("results").resolve(id);
        List<java.nio.file.Path> members;
        try (Stream<java.nio.file.Path> files = Files.list(folder)) {
            members = files.toList();
        }
        Files.delete(members.getFirst());

        String one = given().get("/api/v1/jobs/" + id + "/detections")
                .then()
                .statusCode(410)
                .contentType(PROBLEM)
                .extract()
                .path("detail");
        assertThat(one)
                .startsWith(
                        "the result of job " + id + " is gone: 1 of its 4 parts are no longer in the server's storage")
                .endsWith("submit the source again")
                .doesNotContain(config.storage().toString());

        for (java.nio.file.Path member : members) {
            Files.deleteIfExists(member);
        }
        Files.delete(folder);
        for (String what : List.of("detections?format=csv", "detections?track=true", "tracks", "video")) {
            given().get("/api/v1/jobs/" + id + "/" + what)
                    .then()
                    .statusCode(410)
                    .contentType(PROBLEM);
        }
        given().get("/api/v1/jobs/" + id)
                .then()
                .body("state", equalTo("SUCCEEDED"))
                .body("warnings[0]", containsString("the result is gone"));
    }

    @Test
    void aListLinksToTheNextList() {
        String first = submit(1);
        String second = submit(1);
        String third = submit(1);

        assertThat(given().get("/api/v1/jobs?before=" + third).jsonPath().getList("job", String.class))
                .startsWith(second, first)
                .doesNotContain(third);
        assertThat(given().get("/api/v1/jobs?before=" + second).jsonPath().getList("job", String.class))
                .startsWith(first)
                .doesNotContain(second, third);
        Client.await(first, "SUCCEEDED");
        assertThat(given().get("/api/v1/jobs?state=SUCCEEDED&before=" + second)
                        .jsonPath()
                        .getList("job", String.class))
                .startsWith(first);
        given().get("/api/v1/jobs?before=nothing").then().statusCode(404).contentType(PROBLEM);
    }

    @Test
    void aSampleIsSubmittedAsJson() {
        String id = given().contentType(ContentType.JSON)
                .body("{\"source\":\"sample:walkers\",\"model\":\"people\",\"stream\":0,\"labels\":{\"k\":\"v\"}}")
                .post("/api/v1/jobs")
                .then()
                .statusCode(202)
                .body("source", equalTo("sample:walkers"))
                .body("stream", equalTo(0))
                .body("labels.k", equalTo("v"))
                .extract()
                .path("job");

        Client.await(id, "SUCCEEDED");
        given().get("/api/v1/jobs/" + id).then().body("frames", equalTo(25));
    }

    @Test
    void theSchedulerGetsEveryEventInOrder() {
        String id = submit(15);
        Client.await(id, "SUCCEEDED");
        Await.until(
                "the scheduler gets the end of the job",
                () -> worker.facts(id).stream().anyMatch(JobFact::hasEnded));

        List<JobFact.FactCase> told =
                worker.facts(id).stream().map(JobFact::getFactCase).toList();
        assertThat(told).startsWith(JobFact.FactCase.SUBMITTED).endsWith(JobFact.FactCase.ENDED);
        assertThat(told)
                .contains(JobFact.FactCase.CHUNK_READY, JobFact.FactCase.CHUNK_COMMITTED, JobFact.FactCase.DECODED);
    }

    @Test
    void anIdempotencyKeyCreatesOneJobHoweverOftenItIsSent() throws IOException {
        String first =
                video(5).header("Idempotency-Key", "k1").post("/api/v1/jobs").path("job");
        Response again = video(5).header("Idempotency-Key", "k1").post("/api/v1/jobs");
        String other =
                video(5).header("Idempotency-Key", "k2").post("/api/v1/jobs").path("job");

        assertThat(again.statusCode()).isEqualTo(202);
        assertThat(again.<String>path("job")).isEqualTo(first);
        assertThat(other).isNotEqualTo(first);
        List<String> known = given().get("/api/v1/jobs").jsonPath().getList("job");
        try (Stream<java.nio.file.Path> folders = Files.list(config.storage().resolve("uploads"))) {
            assertThat(folders.map(p -> p.getFileName().toString())).isSubsetOf(known);
        }
    }

    @Test
    void anUnknownModelIsRejectedWithTheKnownModels() {
        video(5).multiPart("model", "nobody")
                .post("/api/v1/jobs")
                .then()
                .statusCode(422)
                .contentType(PROBLEM)
                .body("status", equalTo(422))
                .body("detail", equalTo("no model \"nobody\"; known models are people"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc/passwd", "file:///etc/passwd", "upload:uploads/x/y", "ftp://host/x", "x.mp4"})
    void aPathOnTheServerIsRejectedAsASource(String source) {
        given().contentType(ContentType.JSON)
                .body("{\"source\":\"" + source + "\"}")
                .post("/api/v1/jobs")
                .then()
                .statusCode(422)
                .contentType(PROBLEM)
                .body("detail", containsString("is neither a URL"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{", "[]", "{\"model\":\"people\"}", "{\"source\":1}", "{\"source\":\"x\",\"speed\":1}"})
    void malformedJsonIsRejectedWithOneLine(String body) {
        given().contentType(ContentType.JSON)
                .body(body)
                .post("/api/v1/jobs")
                .then()
                .statusCode(400)
                .contentType(PROBLEM)
                .body("detail", not(containsString("\n")))
                .body(not(containsString("Exception")));
    }

    @Test
    void malformedUploadsCreateNoJob() {
        int before = given().get("/api/v1/jobs").jsonPath().getList("job").size();

        given().multiPart("model", "people").post("/api/v1/jobs").then().statusCode(400);
        video(1).multiPart("every", "x").post("/api/v1/jobs").then().statusCode(400);
        video(1).multiPart("every", "0").post("/api/v1/jobs").then().statusCode(422);
        video(1).multiPart("label", "nothing").post("/api/v1/jobs").then().statusCode(400);
        given().contentType("text/plain")
                .body("x")
                .post("/api/v1/jobs")
                .then()
                .statusCode(415)
                .contentType(PROBLEM);

        assertThat(given().get("/api/v1/jobs").jsonPath().getList("job")).hasSize(before);
    }

    @Test
    void unknownJobsAndAddressesGiveAProblemResponse() {
        given().get("/api/v1/jobs/none")
                .then()
                .statusCode(404)
                .contentType(PROBLEM)
                .body("detail", equalTo("there is no job none"));
        for (String path : List.of("/events", "/detections", "/video")) {
            given().get("/api/v1/jobs/none" + path).then().statusCode(404).contentType(PROBLEM);
        }
        given().delete("/api/v1/jobs/none").then().statusCode(404).contentType(PROBLEM);
        given().post("/api/v1/jobs/none/redrive").then().statusCode(404).contentType(PROBLEM);
        given().get("/api/v1/nothing").then().statusCode(404);
        given().get("/api/v1/jobs?state=happy").then().statusCode(400).body("detail", containsString("QUEUED"));
    }

    @Test
    void aSourceThatIsNoVideoFailsItsJobWithTheCause() {
        String id = given().multiPart("file", "x.mp4", "nonsense".getBytes(StandardCharsets.UTF_8))
                .post("/api/v1/jobs")
                .path("job");

        Client.await(id, "FAILED");
        given().get("/api/v1/jobs/" + id)
                .then()
                .body("error", equalTo("not a video: x.mp4"))
                .body("bad_input", equalTo(true))
                .body("$", not(hasKey("frame_transport")));
        given().get("/api/v1/jobs?state=failed").then().body("job", hasItem(id)).body("state", not(hasItem("QUEUED")));
        assertThat(gunzip(given().get("/api/v1/jobs/" + id + "/detections").asByteArray()))
                .isEmpty();
    }

    @Test
    void cancellingAJobTwiceIsNotAnErrorAndARedriveLetsItGoOn() {
        worker.does(c -> false);
        String id = submit(30);
        Client.await(id, "chunks", 3);

        given().delete("/api/v1/jobs/" + id).then().statusCode(200).body("state", equalTo("CANCELLED"));
        given().post("/api/v1/jobs/" + id + "/cancel").then().statusCode(200).body("state", equalTo("CANCELLED"));
        Await.until(
                "the scheduler gets the end of the job",
                () -> worker.facts(id).stream().anyMatch(JobFact::hasEnded));

        worker.does(c -> true);
        given().post("/api/v1/jobs/" + id + "/redrive").then().statusCode(202);
        given().post("/api/v1/jobs/" + id + "/redrive").then().statusCode(409).contentType(PROBLEM);
        Client.await(id, "SUCCEEDED");
    }

    @Test
    void aSucceededJobCannotBeCancelled() {
        String id = submit(5);
        Client.await(id, "SUCCEEDED");

        given().post("/api/v1/jobs/" + id + "/cancel")
                .then()
                .statusCode(409)
                .body("detail", containsString("SUCCEEDED"));
    }

    @Test
    void aRunningJobStreamsItsResultsSoFarAndThenTheRest() throws Exception {
        worker.does(c -> c.getIndex() == 0);
        String id = submit(30);
        Client.await(id, "chunks", 3);
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<InputStream> response = client.send(
                    HttpRequest.newBuilder(server.resolve("/api/v1/jobs/" + id + "/detections"))
                            .build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            InputStream in = response.body();

            // The first member arrives although the job cannot end yet.
            byte[] begin = in.readNBytes(2);
            assertThat(begin).containsExactly(0x1f, 0x8b);
            assertThat(given().get("/api/v1/jobs/" + id).<String>path("state")).isEqualTo("RUNNING");
            worker.facts(id).stream()
                    .filter(JobFact::hasChunkReady)
                    .filter(f -> f.getChunkReady().getIndex() > 0)
                    .forEach(f -> worker.send(FakeWorker.result(f.getChunkReady(), 1, Long.MAX_VALUE)));
            byte[] rest = in.readAllBytes();

            byte[] all = new byte[rest.length + 2];
            System.arraycopy(begin, 0, all, 0, 2);
            System.arraycopy(rest, 0, all, 2, rest.length);
            assertThat(frames(gunzip(all))).isEqualTo(numbers(0, 30));
        }
    }

    @Test
    void withoutFollowTheLeadingChunksAreReturnedAtOnce() {
        worker.does(c -> c.getIndex() != 1);
        String id = submit(30);
        Client.await(id, "chunks_committed", 2);

        byte[] result =
                given().get("/api/v1/jobs/" + id + "/detections?follow=false").asByteArray();

        assertThat(frames(gunzip(result))).isEqualTo(numbers(0, 10));
    }

    @Test
    void formatsAreSelectedByNameOrByAccept() throws IOException {
        String id = submit(2);
        Client.await(id, "SUCCEEDED");
        String path = "/api/v1/jobs/" + id + "/detections";

        assertThat(given().get(path + "?format=jsonl").asString())
                .isEqualTo(gunzip(given().get(path).asByteArray()))
                .isEqualTo(given().accept("application/x-ndjson").get(path).asString());
        assertThat(given().accept("text/csv").get(path).asString())
                .startsWith("""
                    frame,pts_ms,stream,class,class_id,score,x1,y1,x2,y2,error,source,file,track,\
                    """)
                .contains("""
                        0,0.000,,person,0,0.7500,0.00,10.00,20.50,60.00,,v.mp4,,,\
                        """, """
                        1,40.000,,person,0,0.7500,1.00,10.00,21.50,60.00,,v.mp4,,,\
                        """);
        assertThat(given().accept("application/vnd.apache.parquet").get(path).asByteArray())
                .startsWith('P', 'A', 'R', '1')
                .endsWith('P', 'A', 'R', '1');
        assertThat(given().get(path + "?format=kitti").asString())
                .startsWith("0 -1 person -1 -1 -10 0.00 10.00 20.50 60.00 -1 -1 -1 -1000 -1000 -1000 -10 0.7500\n");
        given().get(path + "?format=coco").then().contentType("application/vnd.framequota.coco+json");
        io.restassured.path.json.JsonPath coco = io.restassured.path.json.JsonPath.from(
                given().get(path + "?format=coco").asString());
        assertThat(coco.getList("images.id")).isEqualTo(List.of(0, 1));
        assertThat(coco.getInt("images[0].width")).isEqualTo(640);
        assertThat(coco.getList("annotations[1].bbox")).isEqualTo(List.of(1.0f, 10.0f, 20.5f, 50.0f));
        assertThat(coco.getString("categories[0].name")).isEqualTo("person");
        given().get(path + "?format=xml").then().statusCode(400).contentType(PROBLEM);
        given().accept("image/png").get(path).then().statusCode(406);
    }

    @Test
    void theEventStreamEndsWithTheJob() throws Exception {
        worker.does(c -> c.getIndex() == 0);
        String id = submit(30);
        Client.await(id, "chunks", 3);
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<InputStream> response = client.send(
                    HttpRequest.newBuilder(server.resolve("/api/v1/jobs/" + id + "/events"))
                            .build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
            try (BufferedReader in = new BufferedReader(new InputStreamReader(response.body()))) {
                assertThat(in.readLine()).isEqualTo("event: job");
                assertThat(in.readLine()).startsWith("data: {").contains("\"state\":\"RUNNING\"");
                worker.running(id, 1, 7);
                awaitLine(in, "\"frames_done\":17");
                worker.facts(id).stream()
                        .filter(JobFact::hasChunkReady)
                        .filter(f -> f.getChunkReady().getIndex() > 0)
                        .forEach(f -> worker.send(FakeWorker.result(f.getChunkReady(), 1, Long.MAX_VALUE)));
                List<String> rest =
                        in.lines().filter(l -> l.startsWith("data:")).toList();
                assertThat(rest.getLast()).contains("\"state\":\"SUCCEEDED\"").contains("\"frames\":30");
            }
        }
    }

    private static void awaitLine(BufferedReader in, String part) throws IOException {
        String line = in.readLine();
        while (line != null && !line.contains(part)) {
            line = in.readLine();
        }
        assertThat(line).contains(part);
    }

    /** Chunks have 10 frames; the object moves by a pixel a frame, and its middle crosses 25.5 between frames 15 and 16. */
    @Test
    void aJobThatIsSubmittedWithTracksHasTheirNumbersFromTheFirstChunkOn() {
        worker.does(c -> c.getIndex() < 2);
        String id = video(40)
                .multiPart("track", "true")
                .multiPart("zone", "line=25.5,0 25.5,100")
                .post("/api/v1/jobs")
                .then()
                .statusCode(202)
                .body("track", equalTo(true))
                .body("zone", equalTo(List.of("line=25.5,0 25.5,100")))
                .extract()
                .path("job");
        Client.await(id, "chunks_committed", 2);
        String address = "/api/v1/jobs/" + id;

        List<String> early = lines(address + "/detections?follow=false");
        int countedEarly = given().get(address + "/tracks").path("tracks");
        worker.does(c -> true);
        String late = video(1).post("/api/v1/jobs").path("job");
        Client.await(late, "SUCCEEDED");
        given().post(address + "/cancel").then().statusCode(200);
        given().post(address + "/redrive").then().statusCode(202);
        Client.await(id, "SUCCEEDED");
        List<String> all = lines(address + "/detections");

        assertThat(early).hasSize(20).allMatch(line -> line.contains("\"track\":1"));
        assertThat(countedEarly).isEqualTo(1);
        assertThat(all).hasSize(40).startsWith(early.toArray(String[]::new));
        given().get(address + "/tracks")
                .then()
                .body("tracks", equalTo(1))
                .body("zones.size()", equalTo(1))
                .body("zones[0].name", equalTo("line"))
                .body("zones[0].out", equalTo(1))
                .body("zones[0].in", equalTo(0));
        assertThat(lines(address + "/detections?track=false")).noneMatch(line -> line.contains("track"));
        for (String format : List.of("mot", "csv")) {
            assertThat(given().queryParam("format", format)
                            .queryParam("zone", "all=0,0 900,0 900,900 0,900")
                            .get(address + "/detections")
                            .asString())
                    .containsPattern(format.equals("mot") ? "^1,1," : "\n0,0.000,.*,v.mp4,,1,all,");
        }
        assertThat(given().get("/api/v1/jobs/" + late + "/detections?format=mot")
                        .asString())
                .startsWith("1,-1,");
        assertThat(given().get("/api/v1/jobs/" + late).asString()).doesNotContain("\"track\"");
    }

    private static List<String> lines(String address) {
        return gunzip(given().get(address).asByteArray()).lines().toList();
    }

    @Test
    void aVideoIsAnnotatedOnceAndOnlyForASucceededJob() {
        worker.does(c -> false);
        String running = submit(10);
        given().get("/api/v1/jobs/" + running + "/video").then().statusCode(409).contentType(PROBLEM);
        worker.does(c -> true);
        String id = submit(12);
        Client.await(id, "SUCCEEDED");
        int before = annotator.renderings();

        for (int i = 0; i < 2; i++) {
            given().get("/api/v1/jobs/" + id + "/video")
                    .then()
                    .statusCode(200)
                    .contentType("video/mp4")
                    .body(equalTo("0 1 2 3 4 5 6 7 8 9 10 11 "));
        }
        assertThat(annotator.renderings()).isEqualTo(before + 1);
        given().get("/api/v1/jobs/" + id + "/video?track=true")
                .then()
                .statusCode(200)
                .body(equalTo("0 1 2 3 4 5 6 7 8 9 10 11 "));
        assertThat(annotator.renderings()).isEqualTo(before + 2);
    }

    @Test
    void everyWaitingClientGetsOneLineWhenTheEncoderFails() {
        String id = submit(12);
        Client.await(id, "SUCCEEDED");
        annotator.failWith(new UnsatisfiedLinkError("no jniavcodec\nin java.library.path"));
        try {
            for (int i = 0; i < 2; i++) {
                given().get("/api/v1/jobs/" + id + "/video")
                        .then()
                        .statusCode(422)
                        .contentType(PROBLEM)
                        .body(
                                "detail",
                                equalTo("the video of job " + id
                                        + " could not be rendered: an error inside the server, whose log says more"));
            }
        } finally {
            annotator.failWith(null);
        }
        given().get("/api/v1/jobs/" + id + "/video").then().statusCode(200);
    }

    @Test
    void aHundredConcurrentJobsAllSucceed() {
        List<String> ids =
                IntStream.range(0, 100).parallel().mapToObj(i -> submit(3)).toList();

        assertThat(ids).doesNotHaveDuplicates().hasSize(100);
        ids.forEach(id -> Client.await(id, "SUCCEEDED"));
    }

    @Test
    void requestsForTheSchedulerAreForwarded() {
        for (String name : List.of("allocation", "workers", "policies", "policies/shadow?hours=1", "policy")) {
            given().get("/api/v1/" + name)
                    .then()
                    .statusCode(200)
                    .body("path", equalTo("/api/v1/" + name))
                    .body("method", equalTo("GET"));
        }
        given().contentType(ContentType.JSON)
                .body("{\"policy\":\"gang\"}")
                .put("/api/v1/policy")
                .then()
                .statusCode(200)
                .body("method", equalTo("PUT"))
                .body("body", equalTo("{'policy':'gang'}"));
    }

    @Test
    void gaugesShowDecodedJobsAndTheirBytes() {
        // Chunks of earlier tests may be open: no worker was there to infer them.
        Client.cancelAll();
        Await.until("no chunk is open", () -> metrics().contains("framequota_decode_ahead_bytes 0.0"));
        worker.does(chunk -> false);
        // A chunk has ten frames, and the second chunk does not fit into the limit on decoding ahead.
        String id = given().multiPart("file", "large.mp4", LARGE)
                .post("/api/v1/jobs")
                .path("job");

        Await.until("the job waits for memory", () -> metrics().contains("framequota_decode_ahead_bytes 2.0E8"));
        assertThat(metrics()).contains("framequota_decode_jobs 1.0");
        given().delete("/api/v1/jobs/" + id);
        Await.until("nothing is decoded", () -> metrics().contains("framequota_decode_jobs 0.0"));
        assertThat(metrics()).contains("framequota_decode_ahead_bytes 0.0");
    }

    @Test
    void theSizeIsThatOfTheUprightPictureAlsoAfterWaitingToBeDecoded() {
        Client.cancelAll();
        worker.does(chunk -> chunk.getBytes() < 100_000);
        // Each job has one chunk and waits for memory for its second, in one of the eight decode slots.
        List<String> before = IntStream.range(0, 8)
                .mapToObj(i -> given().multiPart("file", "large.mp4", LARGE)
                        .post("/api/v1/jobs")
                        .<String>path("job"))
                .toList();
        before.forEach(id -> Client.await(id, "chunks", 1));
        String id = given().multiPart("file", "v.jpg", "frames=3 turned".getBytes(StandardCharsets.UTF_8))
                .post("/api/v1/jobs")
                .path("job");
        Client.await(id, "expected_frames", 3);
        given().get("/api/v1/jobs/" + id).then().body("state", equalTo("QUEUED"));

        before.forEach(other -> given().delete("/api/v1/jobs/" + other).then().statusCode(200));
        Client.await(id, "SUCCEEDED");

        io.restassured.path.json.JsonPath coco = io.restassured.path.json.JsonPath.from(
                given().get("/api/v1/jobs/" + id + "/detections?format=coco").asString());
        assertThat(coco.getList("images.width")).containsOnly(480);
        assertThat(coco.getList("images.height")).containsOnly(640);
    }

    private static String metrics() {
        return given().get("/q/metrics").asString();
    }

    @Test
    void theReasonWhyAModelCannotBeUsedIsInEveryAnswerThatNamesIt() {
        given().contentType("application/json")
                .body("{\"source\":\"sample:walkers\",\"model\":\"misspelt\"}")
                .post("/api/v1/jobs")
                .then()
                .statusCode(422)
                .body(containsString("framequota.postprocess is 'yolx', not yolox"));
        given().get("/api/v1/models")
                .then()
                .statusCode(200)
                .body("find { it.name == 'misspelt' }.reason", equalTo("framequota.postprocess is 'yolx', not yolox"))
                .body("find { it.name == 'people' }.reason", nullValue());
    }

    @Test
    void aDryRunIsCheckedLikeASubmissionAndCreatesNoJob() {
        int jobs = given().get("/api/v1/jobs").path("size()");
        given().contentType("application/json")
                .body("{\"source\":\"sample:walkers\"}")
                .queryParam("deadline", "soon")
                .post("/api/v1/forecast")
                .then()
                .statusCode(400)
                .body("detail", containsString("such as 30s"));
        given().contentType("application/json")
                .body("{\"source\":\"sample:walkers\",\"model\":\"none-such\"}")
                .post("/api/v1/forecast")
                .then()
                .statusCode(422);

        given().get("/api/v1/jobs").then().body("size()", equalTo(jobs));
    }

    @Test
    void openApiHealthAndMetricsAreServed() {
        given().get("/api/v1/models").then().statusCode(200).body("name", hasItem("people"));
        given().get("/q/openapi").then().statusCode(200).body(containsString("/api/v1/jobs/{id}/detections"));
        given().get("/q/metrics").then().statusCode(200).body(containsString("framequota_commits_total"));
        Await.until("the system is ready", () -> given().get("/q/health/ready").statusCode() == 200);
    }
}
