package io.framequota.ingest.api;

import static io.framequota.ingest.testing.Client.submit;
import static io.framequota.ingest.testing.Client.video;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import com.google.protobuf.ByteString;
import io.agroal.api.AgroalDataSource;
import io.framequota.contract.v1.JobRef;
import io.framequota.contract.v1.JobsGrpc;
import io.framequota.contract.v1.ListRequest;
import io.framequota.contract.v1.SubmitRequest;
import io.framequota.contract.v1.UploadRequest;
import io.framequota.ingest.testing.Await;
import io.framequota.ingest.testing.Client;
import io.framequota.ingest.testing.FakeWorker;
import io.framequota.ingest.testing.JobsProfile;
import io.framequota.ingest.testing.TestAnnotator;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Malformed, too large and foreign requests over both protocols, and their answers. */
@QuarkusTest
@TestProfile(JobsProfile.class)
class RefusedRequestsIT {
    private static final String PROBLEM = "application/problem+json";

    /** A class name, an exception, a line of a stack trace, or a path of the server. */
    private static final Pattern INSIDE = Pattern.compile(
            "\\b(?:java|javax|jakarta|io|com|org)\\.[a-z]+\\.[\\w.$]+|"
                    + "\\w+Exception\\b|\\w+Error\\b|\\bat [\\w.$]+\\(|/(?:tmp|home|root|usr|opt|data|work|var)/|framequota-ingest-it");

    @ConfigProperty(name = "kafka.bootstrap.servers")
    String bootstrap;

    @Inject
    RequestMemory memory;

    @Inject
    TestAnnotator annotator;

    @Inject
    AgroalDataSource database;

    @TestHTTPResource
    URI server;

    private FakeWorker worker;
    private ManagedChannel channel;

    @BeforeEach
    void start() {
        worker = new FakeWorker(bootstrap);
        channel = ManagedChannelBuilder.forAddress(server.getHost(), server.getPort())
                .usePlaintext()
                .build();
        Client.awaitModels();
    }

    @AfterEach
    void stop() throws InterruptedException {
        worker.close();
        channel.shutdownNow();
    }

    @Test
    void aCharacterThatCannotBeStoredIsAnErrorOfTheClient() {
        for (String path : List.of("", "/events", "/detections", "/video")) {
            given().get("/api/v1/jobs/a%00b" + path).then().statusCode(404).contentType(PROBLEM);
        }
        given().delete("/api/v1/jobs/a%00b").then().statusCode(404);
        given().post("/api/v1/jobs/a%00b/redrive").then().statusCode(404);
        given().post("/api/v1/jobs/a%00b/cancel").then().statusCode(404);
        given().get("/api/v1/jobs?before=a%00b").then().statusCode(404);
        given().get("/api/v1/jobs?state=a%00b").then().statusCode(400);
        video(1).multiPart("label", "k=a\0b")
                .post("/api/v1/jobs")
                .then()
                .statusCode(400)
                .body("detail", containsString("NUL"));
        video(1).multiPart("model", "a\0b").post("/api/v1/jobs").then().statusCode(422);
        given().multiPart("file", "a\0b.mp4", "frames=1".getBytes(StandardCharsets.UTF_8))
                .post("/api/v1/jobs")
                .then()
                .statusCode(400)
                .body("detail", containsString("NUL"));
        given().contentType(ContentType.JSON)
                .body("{\"source\":\"sample:walkers\",\"labels\":{\"a\\u0000b\":\"c\"}}")
                .post("/api/v1/jobs")
                .then()
                .statusCode(400)
                .body("detail", containsString("NUL"));
        given().contentType(ContentType.JSON)
                .body("{\"source\":\"http://h/a\\u0000b\"}")
                .post("/api/v1/jobs")
                .then()
                .statusCode(400);

        JobsGrpc.JobsBlockingStub jobs = JobsGrpc.newBlockingStub(channel);
        JobRef nul = JobRef.newBuilder().setId("a\0b").build();
        assertThatThrownBy(() -> jobs.get(nul)).hasMessageStartingWith("NOT_FOUND");
        assertThatThrownBy(() -> jobs.cancel(nul)).hasMessageStartingWith("NOT_FOUND");
        assertThatThrownBy(() ->
                        jobs.list(ListRequest.newBuilder().setBefore("a\0b").build()))
                .hasMessageStartingWith("NOT_FOUND");
        assertThatThrownBy(() -> jobs.submit(SubmitRequest.newBuilder()
                        .setSource("sample:walkers")
                        .setIdempotencyKey("a\0b")
                        .build()))
                .hasMessageStartingWith("INVALID_ARGUMENT");
    }

    @Test
    void aSubmissionSaysEachThingOnceAndNothingInVain() {
        submitJson("{\"source\":\"sample:walkers\",\"every\":1,\"every\":2}")
                .statusCode(400)
                .body("detail", equalTo("the body holds a key twice; give each key once"));
        submitJson("{\"source\":\"sample:walkers\",\"labels\":{\"a\":\"1\",\"a\":\"2\"}}")
                .statusCode(400);
        submitJson("{\"source\":\"sample:walkers\",\"transport\":\"\"}")
                .statusCode(422)
                .body("detail", containsString("auto, packets or pixels"));
        video(1).multiPart("transport", "").post("/api/v1/jobs").then().statusCode(422);
        submitJson("{\"source\":\"sample:walkers\",\"projection\":\"\"}")
                .statusCode(422)
                .body("detail", containsString("projection is \"\"; it must be auto"));
        video(1).multiPart("projection", "").post("/api/v1/jobs").then().statusCode(422);
    }

    @Test
    void tracksAndZonesAreCheckedWhenTheyAreSubmittedAndWhenTheyAreRead() {
        submitJson("{\"source\":\"sample:walkers\",\"track\":\"yes\"}")
                .statusCode(400)
                .body("detail", equalTo("\"track\" must be true or false"));
        submitJson("{\"source\":\"sample:walkers\",\"zone\":\"a=1,2 3,4\"}")
                .statusCode(400)
                .body("detail", containsString("a list of strings"));
        submitJson("{\"source\":\"sample:walkers\",\"zone\":[\"door=1,2\"]}")
                .statusCode(422)
                .body("detail", containsString("door has one point"));
        video(1).multiPart("zone", "door=1,2 3,x").post("/api/v1/jobs").then().statusCode(422);
        video(1).multiPart("track", "maybe").post("/api/v1/jobs").then().statusCode(400);
        String id = video(1).post("/api/v1/jobs").path("job");
        for (String wrong : List.of("follow=maybe", "track=maybe", "track=false&zone=a=1,2 3,4")) {
            given().get("/api/v1/jobs/" + id + "/detections?" + wrong)
                    .then()
                    .statusCode(400)
                    .contentType(PROBLEM);
        }
        given().get("/api/v1/jobs/" + id + "/detections?follow=maybe")
                .then()
                .body("detail", equalTo("follow is \"maybe\"; it must be true or false"));
        given().get("/api/v1/jobs/" + id + "/tracks?zone=a=1,2")
                .then()
                .statusCode(422)
                .contentType(PROBLEM);
        given().get("/api/v1/jobs/" + id + "/video?track=maybe").then().statusCode(400);
    }

    private static ValidatableResponse submitJson(String body) {
        return given().contentType(ContentType.JSON)
                .body(body)
                .post("/api/v1/jobs")
                .then();
    }

    @Test
    void aLongIdIsNotRepeated() {
        given().get("/api/v1/jobs/" + "a".repeat(3000))
                .then()
                .statusCode(404)
                .body("detail", equalTo("there is no job " + "a".repeat(64) + "..."));
    }

    @Test
    void anIdempotencyKeyWithADifferentSubmissionIsAConflict() throws Exception {
        String id =
                video(5).header("Idempotency-Key", "c1").post("/api/v1/jobs").path("job");

        for (Response other : List.of(
                video(6).header("Idempotency-Key", "c1").post("/api/v1/jobs"),
                video(5).multiPart("every", "2").header("Idempotency-Key", "c1").post("/api/v1/jobs"),
                video(5).multiPart("label", "a=b")
                        .header("Idempotency-Key", "c1")
                        .post("/api/v1/jobs"),
                given().contentType(ContentType.JSON)
                        .body("{\"source\":\"sample:walkers\"}")
                        .header("Idempotency-Key", "c1")
                        .post("/api/v1/jobs"))) {
            other.then().statusCode(409).contentType(PROBLEM).body("detail", containsString("job " + id));
        }
        // A submission without a value is the same as one with the default value.
        video(5).multiPart("model", "people")
                .header("Idempotency-Key", "c1")
                .post("/api/v1/jobs")
                .then()
                .statusCode(202)
                .body("job", equalTo(id));
        assertThatThrownBy(() -> upload("c1", "frames=6")).hasStackTraceContaining("FAILED_PRECONDITION");
        assertThat(upload("c1", "frames=5")).isEqualTo(id);
    }

    @Test
    void aQuotedFileNameIsKeptCompletely() {
        String body =
                "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\\\"b.mp4\"\r\n\r\nframes=1\r\n--x--";
        given().contentType("multipart/form-data; boundary=x")
                .body(body.getBytes(StandardCharsets.UTF_8))
                .post("/api/v1/jobs")
                .then()
                .statusCode(202)
                .body("source", equalTo("a\"b.mp4"));
    }

    @Test
    void aRangeOfTheVideoIsAnsweredWithThatRange() {
        String id = submit(12);
        Client.await(id, "SUCCEEDED");
        String path = "/api/v1/jobs/" + id + "/video";
        String whole = given().get(path).asString();
        int size = whole.length();

        given().get(path).then().statusCode(200).header("Accept-Ranges", "bytes");
        given().header("Range", "bytes=2-4")
                .get(path)
                .then()
                .statusCode(206)
                .contentType("video/mp4")
                .header("Content-Range", "bytes 2-4/" + size)
                .header("Content-Length", "3")
                .body(equalTo(whole.substring(2, 5)));
        given().header("Range", "bytes=5-").get(path).then().statusCode(206).body(equalTo(whole.substring(5)));
        given().header("Range", "bytes=-4").get(path).then().statusCode(206).body(equalTo(whole.substring(size - 4)));
        given().header("Range", "bytes=0-9999")
                .get(path)
                .then()
                .statusCode(206)
                .header("Content-Range", "bytes 0-" + (size - 1) + "/" + size);
        given().header("Range", "bytes=9999-")
                .get(path)
                .then()
                .statusCode(416)
                .header("Content-Range", "bytes */" + size);
        for (String whatIsNoneOrSeveral : List.of("bytes=4-2", "bytes=x-y", "bytes=0-1,3-4", "lines=1-2", "bytes=-")) {
            given().header("Range", whatIsNoneOrSeveral)
                    .get(path)
                    .then()
                    .statusCode(200)
                    .body(equalTo(whole));
        }
        given().header("Range", "bytes=2-4")
                .header("If-Range", "\"other\"")
                .get(path)
                .then()
                .statusCode(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/api/v1/jobs", "/api/v1/allocation", "/q/metrics", "/q/health/live", "/q/openapi", "/nothing"})
    void otherSitesAndReboundNamesAreRejectedOnEveryRoute(String path) {
        given().get(path).then().statusCode(path.equals("/nothing") ? 404 : 200);

        given().header("Host", "rebound.example:8080")
                .get(path)
                .then()
                .statusCode(403)
                .contentType(PROBLEM);
        given().header("Origin", "http://evil.example").get(path).then().statusCode(403);
        given().header("Origin", "null").get(path).then().statusCode(403);
        given().header("Sec-Fetch-Site", "cross-site")
                .header("Sec-Fetch-Mode", "no-cors")
                .get(path)
                .then()
                .statusCode(403);
    }

    @Test
    void aFormOfAnotherSiteCreatesNoJobAndAReboundNameCannotUseGrpc() {
        int before = given().get("/api/v1/jobs").jsonPath().getList("job").size();

        video(5).header("Origin", "https://evil.example")
                .post("/api/v1/jobs")
                .then()
                .statusCode(403)
                .body("detail", containsString("another site"));
        video(5).header("Sec-Fetch-Site", "cross-site")
                .header("Sec-Fetch-Mode", "navigate")
                .post("/api/v1/jobs")
                .then()
                .statusCode(403);
        ManagedChannel rebound = ManagedChannelBuilder.forAddress(server.getHost(), server.getPort())
                .usePlaintext()
                .overrideAuthority("rebound.example")
                .build();
        try {
            assertThatThrownBy(() -> JobsGrpc.newBlockingStub(rebound).list(ListRequest.getDefaultInstance()))
                    .hasMessageStartingWith("PERMISSION_DENIED");
        } finally {
            rebound.shutdownNow();
        }

        assertThat(given().get("/api/v1/jobs").jsonPath().getList("job")).hasSize(before);
        given().header("Host", "localhost")
                .header("Origin", "http://localhost")
                .header("Sec-Fetch-Site", "same-origin")
                .get("/api/v1/jobs")
                .then()
                .statusCode(200);
    }

    @Test
    void tooManyPartsAreRejectedWhileTheyAreRead() throws IOException {
        String part = "--x\r\nContent-Disposition: form-data; name=\"label\"\r\n\r\nk=" + "v".repeat(60_000) + "\r\n";
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write(("POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000000\r\n"
                                    + "Content-Type: multipart/form-data; boundary=x\r\n\r\n" + part)
                            .getBytes(StandardCharsets.US_ASCII));
            // The client sends the rest before it reads the answer. The server ignores the rest.
            socket.getOutputStream().write(new byte[10_000_000 - part.length()]);
            assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 400");
        }
        var request = video(1);
        for (int i = 0; i < 130; i++) {
            request.multiPart("label", "k" + i + "=v");
        }
        request.post("/api/v1/jobs").then().statusCode(400).body("detail", containsString("128 parts"));
        given().contentType(ContentType.JSON)
                .body("{\"policy\":\"" + "x".repeat(70_000) + "\"}")
                .put("/api/v1/policy")
                .then()
                .statusCode(400)
                .body("detail", containsString("longer than"));
    }

    @Test
    void labelsAreLimitedTogetherAndListsHoldWhatFits() throws Exception {
        String half = "ä".repeat(2000);
        given().contentType(ContentType.JSON)
                .body("{\"source\":\"sample:walkers\",\"labels\":{\"a\":\"" + half + "\",\"b\":\"" + half + "x\"}}")
                .post("/api/v1/jobs")
                .then()
                .statusCode(202);
        given().contentType(ContentType.JSON)
                .body("{\"source\":\"sample:walkers\",\"labels\":{\"a\":\"" + half + "\",\"b\":\"" + half + half
                        + "\"}}")
                .post("/api/v1/jobs")
                .then()
                .statusCode(422)
                .body("detail", containsString("at most 8192"));
        for (String key : List.of("k".repeat(2049), "é".repeat(1025))) {
            assertThatThrownBy(() -> JobsGrpc.newBlockingStub(channel)
                            .submit(SubmitRequest.newBuilder()
                                    .setSource("sample:walkers")
                                    .setIdempotencyKey(key)
                                    .build()))
                    .hasMessageContaining("2048 bytes");
        }
        // Half a surrogate pair, which JSON can express and UTF-8 cannot.
        given().contentType(ContentType.JSON)
                .body("{\"source\":\"sample:walkers\",\"labels\":{\"a\":\"x\\ud800\"}}")
                .post("/api/v1/jobs")
                .then()
                .statusCode(400)
                .body("detail", containsString("surrogate"));

        // 400 jobs of an earlier release, which had no limit on labels: 64 labels of 2,048 characters each.
        try (Connection c = database.getConnection();
                Statement s = c.createStatement()) {
            s.execute("insert into jobs (id, arrival, source, input, model, card, every, chunk_frames, chunk_bytes,"
                    + " labels, submitted_at, state, ended_at, discarded)"
                    + " select 'old-' || n, nextval('arrival'), 'v.mp4', 'v.mp4', 'people', '', 1, 10, 16777216,"
                    + " array['zone', 'north'] || (select array_agg(case i % 2 when 0 then 'l' || i"
                    + " else repeat('€', 2040) end order by i) from generate_series(0, 127) i),"
                    + " now(), 'CANCELLED', now(), true from generate_series(1, 400) n");
        }
        try {
            Response first = given().get("/api/v1/jobs?state=cancelled");
            first.then().statusCode(200);
            List<String> ids = first.jsonPath().getList("job");
            assertThat(first.asByteArray()).hasSizeLessThan(4 << 20);
            assertThat(ids).hasSizeBetween(100, 399).startsWith("old-400");
            String last = ids.getLast();
            assertThat(first.header("Link"))
                    .isEqualTo("</api/v1/jobs?state=cancelled&before=" + last + ">; rel=\"next\"");
            given().get("/api/v1/jobs?state=cancelled&before=old-2")
                    .then()
                    .statusCode(200)
                    .header("Link", nullValue())
                    .body("job[0]", equalTo("old-1"));
            JobsGrpc.JobsBlockingStub jobs = JobsGrpc.newBlockingStub(channel);
            ListRequest.Builder cancelled = ListRequest.newBuilder().setState("CANCELLED");
            assertThat(jobs.list(cancelled.build()).getNextBefore()).isEqualTo(last);
            assertThat(jobs.list(cancelled.setBefore("old-2").build()).getNextBefore())
                    .isEmpty();
        } finally {
            try (Connection c = database.getConnection();
                    Statement s = c.createStatement()) {
                s.execute("delete from jobs where id like 'old-%'");
            }
        }
    }

    @Test
    void textsThatCouldOverflowRegexRecursionAreAnswered() {
        String deep = "ftp:(" + "/a".repeat(15_000);
        given().contentType(ContentType.JSON)
                .body("{\"" + deep + "\":1}")
                .post("/api/v1/jobs")
                .then()
                .statusCode(400)
                .contentType(PROBLEM)
                .body("detail", containsString("unknown key"));
    }

    @Test
    void anErrorOfTheServerIsAProblemResponse() {
        String done = submit(3);
        Client.await(done, "SUCCEEDED");
        annotator.failWith(new StackOverflowError("at x"));
        try {
            given().get("/api/v1/jobs/" + done + "/video").then().contentType(PROBLEM);
        } finally {
            annotator.failWith(null);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"[x", "[x]", "999.999.999.999", "[::1]evil.example", "a b", "localhost:x", "%"})
    void aMalformedHostIsRejected(String host) throws IOException {
        String answer = raw("GET /api/v1/jobs HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 4");
        String body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
        assertThat(body.isEmpty() || answer.contains(PROBLEM)).as(answer).isTrue();
    }

    private String raw(String request) throws IOException {
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void aTooLargeMessageIsRejectedAndTheNextCallIsAnswered() {
        JobsGrpc.JobsBlockingStub jobs = JobsGrpc.newBlockingStub(channel);

        assertThatThrownBy(() -> jobs.submit(SubmitRequest.newBuilder()
                        .setSource("x".repeat(5 << 20))
                        .build()))
                .hasMessageStartingWith("RESOURCE_EXHAUSTED");

        assertThat(jobs.list(ListRequest.getDefaultInstance()).getJobsList()).isNotNull();
    }

    @Test
    void requestsBeyondTheMemoryLimitAreRejectedAndLaterOnesAccepted() throws Exception {
        Await.until(
                "no request is being read",
                () -> given().get("/q/metrics").asString().contains("framequota_requests_reading_bytes 0.0"));
        JobsGrpc.JobsBlockingStub jobs = JobsGrpc.newBlockingStub(channel);
        try (var all = memory.reserve(memory.free())) {
            video(5).post("/api/v1/jobs")
                    .then()
                    .statusCode(503)
                    .contentType(PROBLEM)
                    .body("detail", containsString("memory"));
            given().contentType(ContentType.JSON)
                    .body("{\"source\":\"sample:walkers\"}")
                    .post("/api/v1/jobs")
                    .then()
                    .statusCode(503);
            assertThatThrownBy(() -> jobs.list(ListRequest.getDefaultInstance()))
                    .hasMessageStartingWith("RESOURCE_EXHAUSTED");
            // Requests without a body need no memory.
            given().get("/api/v1/jobs").then().statusCode(200);
        }
        Client.await(submit(5), "SUCCEEDED");
        jobs.list(ListRequest.getDefaultInstance());
        upload("", "frames=5");
        Await.until(
                "all memory is released",
                () -> given().get("/q/metrics").asString().contains("framequota_requests_reading_bytes 0.0"));
    }

    @Test
    void noErrorNamesAClassOrAPath() throws IOException {
        String junk = given().multiPart("file", "x.mp4", "nonsense".getBytes(StandardCharsets.UTF_8))
                .post("/api/v1/jobs")
                .path("job");
        Client.await(junk, "FAILED");
        String done = submit(3);
        Client.await(done, "SUCCEEDED");
        List<String> texts = new ArrayList<>();
        List<Response> answers = new ArrayList<>();
        for (String path : List.of(
                "/",
                "/nothing",
                "/api/v1",
                "/api/v1/nothing",
                "/q/nothing",
                "/api/v1/jobs/none",
                "/api/v1/jobs/none/video",
                "/api/v1/jobs/none/detections",
                "/api/v1/jobs/none/events",
                "/api/v1/jobs/" + junk,
                "/api/v1/jobs/" + junk + "/video",
                "/api/v1/jobs/" + done + "/detections?format=xml",
                "/api/v1/jobs/" + done + "/detections?follow=maybe",
                "/api/v1/jobs?state=x",
                "/api/v1/jobs?before=x",
                "/api/v1/jobs/%2e%2e%2fx",
                "/api/v1/jobs/" + "x".repeat(3000),
                "/api/v1/jobs/%ff%fe",
                "/api/v1/jobs/a;b=c")) {
            answers.add(given().urlEncodingEnabled(false).get(path));
            answers.add(given().urlEncodingEnabled(false).accept("image/png").get(path));
            answers.add(given().urlEncodingEnabled(false).body("x").put(path));
            answers.add(given().urlEncodingEnabled(false)
                    .contentType("text/plain")
                    .body("x")
                    .patch(path));
        }
        for (String body : List.of(
                "",
                "{",
                "[]",
                "{\"source\":1}",
                "{\"source\":\"a b\"}",
                "{\"source\":\"http://\"}",
                "{\"x\":1}",
                "{\"source\":\"sample:none\"}",
                "{\"source\":\"sample:walkers\",\"every\":1e99}",
                "\"\\ud800\"",
                "{\"a\":\"\\x\"}",
                "[".repeat(2000),
                "{\"source\":\"" + "x".repeat(70_000) + "\"}",
                "{\"source\":" + "9".repeat(5000) + "}")) {
            answers.add(given().contentType(ContentType.JSON).body(body).post("/api/v1/jobs"));
        }
        for (String type : List.of(
                "multipart/form-data",
                "multipart/form-data; boundary=x",
                "a/b",
                "nonsense",
                "/",
                "a/",
                ";;",
                "application/json;charset=x")) {
            texts.add(posted(type));
        }
        annotator.failWith(new UnsatisfiedLinkError("no jniavcodec in java.library.path: /usr/lib/java.x.Y"));
        try {
            answers.add(given().get("/api/v1/jobs/" + done + "/video"));
        } finally {
            annotator.failWith(null);
        }
        given().delete("/api/v1/jobs/" + done);
        answers.add(given().get("/api/v1/jobs/" + done + "/video"));
        answers.add(given().post("/api/v1/jobs/" + junk + "/redrive"));

        answers.forEach(a -> texts.add(a.statusLine() + " " + a.asString()));
        for (String text : texts) {
            assertThat(INSIDE.matcher(text).results().map(r -> r.group()).toList())
                    .as(text)
                    .isEmpty();
        }
        assertThat(texts).filteredOn(t -> t.startsWith("HTTP/1.1 5")).isEmpty();
        JobsGrpc.JobsBlockingStub jobs = JobsGrpc.newBlockingStub(channel);
        JobRef none = JobRef.newBuilder().setId("../../x").build();
        List<Runnable> calls = List.of(
                () -> jobs.get(none),
                () -> jobs.cancel(none),
                () -> jobs.redrive(none),
                () -> jobs.watch(none).next(),
                () -> jobs.detections(none).next(),
                () -> jobs.submit(SubmitRequest.newBuilder().setSource("a b").build()),
                () -> jobs.submit(SubmitRequest.newBuilder()
                        .setSource("sample:walkers")
                        .setEvery(-1)
                        .build()),
                () -> jobs.list(ListRequest.newBuilder().setState("x").build()));
        for (Runnable call : calls) {
            assertThatThrownBy(call::run)
                    .satisfies(e -> assertThat(INSIDE.matcher(String.valueOf(e.getMessage()))
                                    .find())
                            .as(e.getMessage())
                            .isFalse());
        }
    }

    /** The status line and the body of the answer to a request whose content type may be invalid. */
    private String posted(String type) throws IOException {
        String body = "--x\r\nnonsense\r\n\r\n--x--";
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write(("POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: "
                                    + type + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String upload(String key, String file) throws Exception {
        CompletableFuture<String> answer = new CompletableFuture<>();
        StreamObserver<UploadRequest> out = JobsGrpc.newStub(channel)
                .upload(new StreamObserver<io.framequota.contract.v1.Job>() {
                    @Override
                    public void onNext(io.framequota.contract.v1.Job job) {
                        answer.complete(job.getId());
                    }

                    @Override
                    public void onError(Throwable t) {
                        answer.completeExceptionally(t);
                    }

                    @Override
                    public void onCompleted() {}
                });
        out.onNext(UploadRequest.newBuilder()
                .setRequest(SubmitRequest.newBuilder().setSource("v.mp4").setIdempotencyKey(key))
                .build());
        out.onNext(UploadRequest.newBuilder()
                .setData(ByteString.copyFromUtf8(file))
                .build());
        out.onCompleted();
        return answer.get(30, TimeUnit.SECONDS);
    }
}
