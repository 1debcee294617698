package io.framequota.ingest.live;

import static io.framequota.ingest.testing.Client.frames;
import static io.framequota.ingest.testing.Client.gunzip;
import static io.framequota.ingest.testing.Client.numbers;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;

import io.framequota.contract.control.JobFact;
import io.framequota.contract.control.LeadRequest;
import io.framequota.contract.control.LiveGap;
import io.framequota.contract.control.LivePacket;
import io.framequota.contract.control.LiveResult;
import io.framequota.contract.control.LiveStream;
import io.framequota.contract.v1.Job;
import io.framequota.contract.v1.JobRef;
import io.framequota.contract.v1.JobsGrpc;
import io.framequota.contract.v1.LiveLine;
import io.framequota.contract.v1.SubmitRequest;
import io.framequota.ingest.job.ledger.JobLedger;
import io.framequota.ingest.job.service.JobService;
import io.framequota.ingest.store.LeadershipStore;
import io.framequota.ingest.store.LiveStore;
import io.framequota.ingest.store.files.MemberFiles;
import io.framequota.ingest.testing.Await;
import io.framequota.ingest.testing.Client;
import io.framequota.ingest.testing.FakeLiveWorker;
import io.framequota.ingest.testing.LiveProfile;
import io.framequota.ingest.testing.LiveServiceBase;
import io.framequota.ingest.testing.ScriptedStreams;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Live jobs over the real broker and the real database, with scripted streams and a worker that decodes nothing. */
@QuarkusTest
@TestProfile(LiveProfile.class)
class LiveJobsIT extends LiveServiceBase {
    @Inject
    LeadershipStore leadership;

    @Inject
    LiveStore store;

    @Inject
    JobLedger ledger;

    @Inject
    MemberFiles files;

    @Inject
    JobService jobs;

    @Inject
    DeclaredKeys declared;

    private static List<String> lines(String id) {
        return gunzip(given().get("/api/v1/jobs/" + id + "/detections?follow=false")
                        .asByteArray())
                .lines()
                .toList();
    }

    private static List<Long> inferred(String id) {
        return frames(String.join(
                "\n", lines(id).stream().filter(l -> !l.startsWith("{\"gap\"")).toList()));
    }

    private static void cancel(String id) {
        given().post("/api/v1/jobs/" + id + "/cancel").then().statusCode(200).body("state", equalTo("CANCELLED"));
    }

    @Test
    void aPushedStreamIsQueuedUntilItIsInferredAndRunsUntilItIsCancelled() {
        String id = live("listen:desk", "");
        given().get("/api/v1/jobs/" + id)
                .then()
                .body("state", equalTo("QUEUED"))
                .body("source", equalTo("listen:d***"))
                .body("waiting_for", containsString("waits for a publisher of listen:d***"));

        streams.publish("desk").send(30);

        Await.until("the scheduler is told", () -> scheduler.facts(id).stream().anyMatch(JobFact::hasLive));
        Client.await(id, "RUNNING");
        Client.await(id, "frames", 30);
        given().get("/api/v1/jobs/" + id)
                .then()
                .body("width", equalTo(64))
                .body("dropped", equalTo(0))
                .body("live.session", equalTo(1))
                .body("$", hasKey("latency_ms"));
        JobFact opened = scheduler.facts(id).stream()
                .filter(JobFact::hasLive)
                .findFirst()
                .orElseThrow();
        assertThat(opened.getLive().getFps()).isEqualTo(10);
        assertThat(opened.getLive().getSession()).isEqualTo(1);
        assertThat(scheduler.facts(id).getFirst().getSubmitted().getLive()).isTrue();
        assertThat(leadership
                        .lead(LeadRequest.newBuilder()
                                .setScheduler("s")
                                .setEpoch(leadership.epoch())
                                .build())
                        .getJobsList())
                .anyMatch(job -> job.getId().equals(id) && job.getStream().getSession() == 1);

        cancel(id);
        assertThat(inferred(id)).isEqualTo(numbers(0, 30));
        assertThat(given().get("/api/v1/jobs/" + id + "/detections?format=csv").asString())
                .contains("person");
        Await.until("the scheduler is told", () -> scheduler.facts(id).stream().anyMatch(JobFact::hasEnded));
    }

    @Test
    void aCutIsAGapBetweenTheLinesAndTheNextSession() {
        String id = live("rtmp://host/cut", "");
        ScriptedStreams.Publisher first = streams.publish("cut");
        first.send(5);
        Await.until("they arrived", () -> worker.packets(id).size() == 5);
        first.breakOff();
        Await.until("the scheduler is told", () -> scheduler.facts(id).stream().anyMatch(JobFact::getLiveLost));
        // Longer than the pictures of the first session take by their own times.
        await(1500);
        streams.publish("cut").send(5);
        Client.await(id, "frames", 10);
        cancel(id);

        List<String> lines = lines(id);
        assertThat(inferred(id)).isEqualTo(numbers(0, 10));
        assertThat(lines.get(5)).contains("\"cause\":\"disconnected\"");
        int missing = given().get("/api/v1/jobs/" + id).path("gaps.disconnected");
        assertThat(missing).isBetween(9, 60);
        List<LivePacket> packets = worker.packets(id);
        assertThat(packets.stream().map(LivePacket::getSession).distinct()).containsExactly(1, 2);
        assertThat(packets.stream().filter(LivePacket::getEnded)).isNotEmpty();
    }

    private static void await(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void framesThatNoWorkerInfersAreCounted() {
        worker.answers(p -> p.getUnit().getFrame() < 3 || p.getUnit().getFrame() > 7);
        String id = live("listen:some", "");
        streams.publish("some").send(12);
        Client.await(id, "frames", 7);
        cancel(id);

        assertThat(inferred(id))
                .isEqualTo(Stream.concat(numbers(0, 3).stream(), numbers(8, 12).stream())
                        .toList());
        given().get("/api/v1/jobs/" + id).then().body("gaps.no-worker", equalTo(5));
    }

    @Test
    void everyNthFrameHasALineAndTheOthersAreNotMissing() {
        worker.answers(p -> p.getUnit().getFrame() % 4 == 0);
        String id = live("listen:fourth", ",\"every\":4");
        streams.publish("fourth").send(13);
        Client.await(id, "frames", 4);
        cancel(id);

        assertThat(inferred(id)).containsExactly(0L, 4L, 8L, 12L);
        given().get("/api/v1/jobs/" + id).then().body("gaps", equalTo(Map.of()));
    }

    @Test
    void linesAreStreamedAsTheyComeFromTheOpenWindowOn() throws Exception {
        String id = live("listen:watched", "");
        ScriptedStreams.Publisher publisher = streams.publish("watched");
        publisher.send(3);
        Await.until("they arrived", () -> worker.packets(id).size() == 3);
        List<String> events = new CopyOnWriteArrayList<>();
        HttpResponse<Stream<String>> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(server.resolve("/api/v1/jobs/" + id + "/live"))
                                .build(),
                        HttpResponse.BodyHandlers.ofLines());
        Thread reader = Thread.ofVirtual().start(() -> response.body().forEach(events::add));
        publisher.send(4);
        Await.until("the last line is there", () -> events.contains("id: 6"));
        worker.send(LiveResult.newBuilder()
                .setJob(id)
                .setEpoch(1)
                .setFrame(9)
                .setGap(LiveGap.newBuilder().setCause("dropped").setToMs(900).setFrames(2))
                .build());
        Await.until("the gap is there", () -> events.contains("event: gap"));
        cancel(id);
        assertThat(reader.join(Duration.ofSeconds(10))).isTrue();

        assertThat(events).contains("event: frame");
        assertThat(events.stream().filter(e -> e.startsWith("data: {\"frame\":6")))
                .hasSize(1);
        given().get("/api/v1/jobs/" + id).then().body("dropped", equalTo(2));
    }

    @Test
    void liveJobsAreSubmittedAndWatchedOverGrpcToo() {
        ManagedChannel channel = ManagedChannelBuilder.forAddress(server.getHost(), server.getPort())
                .usePlaintext()
                .build();
        try {
            JobsGrpc.JobsBlockingStub grpc = JobsGrpc.newBlockingStub(channel);
            Job job = grpc.submit(SubmitRequest.newBuilder()
                    .setSource("listen:grpc")
                    .setLive(true)
                    .setPublish("rtmp://host/live/hush")
                    .build());
            assertThat(job.getLive()).isTrue();
            assertThat(job.getWaitingFor()).isNotEmpty();
            JobRef ref = JobRef.newBuilder().setId(job.getId()).build();
            streams.publish("grpc").send(3);
            Client.await(job.getId(), "frames_done", 3);
            Iterator<LiveLine> lines = grpc.liveDetections(ref);
            if (jobs.get(job.getId()).progress().frames() == 0) {
                assertThat(lines.next().getLine().toStringUtf8()).startsWith("{\"frame\":0,");
            }
            cancel(job.getId());
            lines.forEachRemaining(line -> assertThat(line.getMissed()).isZero());
            assertThatThrownBy(() -> grpc.submit(SubmitRequest.newBuilder()
                            .setSource("sample:walkers")
                            .setHls(true)
                            .build()))
                    .hasMessageContaining("publish and hls are for live jobs");
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void aProcessThatWasKilledBetweenTwoWindowsRepeatsNoLine() throws InterruptedException {
        String id = live("listen:killed", "");
        streams.publish("killed").send(10);
        Client.await(id, "frames", 10);
        List<LivePacket> packets = worker.packets(id);

        // What a new process does with results that were not yet committed when the old one was killed.
        LiveCollector next = new LiveCollector(store, ledger, files, Clock.systemUTC(), new SimpleMeterRegistry());
        next.open(jobs.get(id));
        for (LivePacket packet : packets) {
            next.add(FakeLiveWorker.result(packet, 1));
        }
        next.commitAll();

        assertThat(inferred(id)).isEqualTo(numbers(0, 10));
        assertThat(store.position(id).lastFrame()).isEqualTo(9);
    }

    @Test
    void theOldestLinesExpireAndALineInFrontCountsThem() throws Exception {
        String id = live("listen:old", "");
        ScriptedStreams.Publisher publisher = streams.publish("old");
        for (int round = 1; round <= 3; round++) {
            int frames = 5 * round;
            publisher.send(5);
            Await.until("they are committed", () -> jobs.get(id).progress().frames() == frames);
        }
        assertThat(store.withExpired(Clock.systemUTC().instant(), Duration.ofHours(1), 1))
                .contains(id);
        assertThat(store.withExpired(Clock.systemUTC().instant(), Duration.ofHours(1), 1 << 20))
                .doesNotContain(id);
        LiveStore.Expiry expiry = store.expiry(id, Clock.systemUTC().instant(), Duration.ofHours(1), 1)
                .orElseThrow();
        // All but the newest window, which has some of the last five.
        int gone = (int) expiry.frames();
        assertThat(gone).isBetween(10, 14);

        new LiveRetention(store, files, Duration.ofHours(1), 1, Clock.systemUTC()).expire();

        List<String> lines = lines(id);
        assertThat(lines.getFirst())
                .isEqualTo("{\"gap\":{\"from_ms\":0.0,\"to_ms\":" + (gone - 1) * 100 + ".0,\"frames\":" + gone
                        + ",\"cause\":\"expired\"}}");
        assertThat(inferred(id)).isEqualTo(numbers(gone, 15));
        assertThat(store.withExpired(Clock.systemUTC().instant(), Duration.ofHours(1), 1))
                .doesNotContain(id);
        // What is left does not expire again and again, and new windows follow.
        assertThat(store.expiry(id, Clock.systemUTC().instant(), Duration.ofHours(1), 1))
                .isEmpty();
        publisher.send(1);
        Client.await(id, "frames", 16);
        assertThat(given().get("/api/v1/jobs/" + id + "/detections?follow=false&format=coco")
                        .asString())
                .contains("\"annotations\"");
    }

    @Test
    void gapsWithoutAnyResultBehindThemAreBounded() {
        String id = live("listen:gaps", "");
        int most = LiveStore.StreamGap.MOST;
        for (int i = 0; i < most + 3; i++) {
            store.addGap(id, new LiveStore.StreamGap(i, i + 1, i * 100.0, i * 100.0 + 100, 1, "disconnected"));
        }

        assertThat(store.gaps(id)).hasSize(most);
        assertThat(store.gaps(id).getFirst())
                .isEqualTo(new LiveStore.StreamGap(0, 4, 0, 400, LiveStore.StreamGap.BY_TIME, "disconnected"));
    }

    @Test
    void aJobKeepsTheSizeOfItsFirstPicture() {
        String id = live("listen:sizes", "");
        LiveStream.Builder stream = LiveStream.newBuilder().setSession(1);

        ledger.openStream(id, stream.setWidth(640).setHeight(480).build());
        ledger.openStream(id, stream.setWidth(1280).setHeight(720).build());

        given().get("/api/v1/jobs/" + id).then().body("width", equalTo(640)).body("height", equalTo(480));
    }

    @Test
    void aKeyBelongsToOneOpenJob() {
        String id = live("listen:taken", "");

        given().contentType("application/json")
                .body("{\"live\":true,\"source\":\"listen:taken\"}")
                .post("/api/v1/jobs")
                .then()
                .statusCode(409)
                .body("detail", containsString("the key of this stream belongs to another open job"));
        cancel(id);
        live("listen:taken", "");
    }

    @Test
    void aDeclaredKeyMakesItsJobAtTheFirstPublish() {
        assertThat(declared.open("unknown")).isFalse();
        assertThat(declared.open("odd")).as("its model does not exist").isFalse();
        assertThat(declared.open("declared")).isTrue();
        assertThat(declared.open("declared")).as("its job is open").isTrue();

        given().get("/api/v1/jobs?state=QUEUED")
                .then()
                .body("source", equalTo(List.of("listen:de***")))
                .body("[0].every", equalTo(3))
                .body("[0].labels.camera", equalTo("desk"))
                .body("[0].live.hls", equalTo(true));
    }

    @Test
    void aDeclaredKeyIsItsTenantsOnly() {
        for (String key : List.of("norths", "nobodys")) {
            given().contentType("application/json")
                    .body("{\"live\":true,\"source\":\"listen:" + key + "\"}")
                    .post("/api/v1/jobs")
                    .then()
                    .statusCode(409)
                    .body("detail", containsString("the key of this stream belongs to another open job"));
        }
        assertThat(declared.open("nobodys")).as("its tenant has no name").isFalse();
        assertThat(declared.open("norths")).isTrue();
        given().get("/api/v1/jobs?state=QUEUED").then().body("tenant", equalTo(List.of("north")));
    }

    @Test
    void anAddressThatDoesNotAnswerFailsWithOneLineAndWithoutItsSecrets() {
        String id = live("rtmp://user:hush@nowhere/a", "");

        Client.await(id, "FAILED");
        given().get("/api/v1/jobs/" + id)
                .then()
                .body("source", equalTo("rtmp://***@nowhere/a"))
                .body("error", equalTo("nothing answers at rtmp://***@nowhere/a"));
    }

    @Test
    void aPublishTargetIsNeverShown() {
        String id = live("listen:shown", ",\"publish\":\"rtmp://host/live/hush\",\"hls\":true");

        String job = given().get("/api/v1/jobs/" + id).asString();
        assertThat(job).contains("rtmp://host/live/***").doesNotContain("hush");
        assertThat(given().get("/api/v1/jobs").asString()).doesNotContain("hush");
        assertThat(store.addresses(id)).isEqualTo(new LiveStore.Addresses(null, "rtmp://host/live/hush"));
        assertThat(store.addresses(id).toString()).doesNotContain("hush");
    }

    @Test
    void thereAreNoMoreLiveJobsThanTheSettingsAllow() {
        for (int i = 0; i < 6; i++) {
            live("listen:many-" + i, "");
        }

        given().contentType("application/json")
                .body("{\"live\":true,\"source\":\"listen:many-7\"}")
                .post("/api/v1/jobs")
                .then()
                .statusCode(429)
                .body("detail", containsString("there are 6 live jobs already"));
    }

    @Test
    void whatALiveJobDoesNotTakeIsRefused() {
        for (String body : List.of(
                "{\"live\":true,\"source\":\"file:///etc/passwd\"}",
                "{\"live\":true,\"source\":\"listen:../a\"}",
                "{\"live\":true,\"source\":\"listen:a\",\"publish\":\"http://host/a\"}",
                "{\"live\":true,\"source\":\"listen:a\",\"stream\":1}",
                "{\"source\":\"sample:walkers\",\"hls\":true}",
                "{\"live\":1,\"source\":\"listen:a\"}")) {
            int status = given().contentType("application/json")
                    .body(body)
                    .post("/api/v1/jobs")
                    .statusCode();
            assertThat(status).as(body).isIn(400, 422);
        }
        given().get("/api/v1/jobs").then().body("source", not(containsString("listen:a")));
    }
}
