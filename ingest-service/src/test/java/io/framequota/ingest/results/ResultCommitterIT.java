package io.framequota.ingest.results;

import static io.framequota.ingest.testing.Client.frames;
import static io.framequota.ingest.testing.Client.gunzip;
import static io.framequota.ingest.testing.Client.numbers;
import static io.framequota.ingest.testing.Client.submit;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.framequota.contract.control.Chunk;
import io.framequota.contract.control.ChunkResult;
import io.framequota.contract.control.GrantRef;
import io.framequota.contract.control.JobFact;
import io.framequota.contract.control.LeadRequest;
import io.framequota.contract.topic.Topics;
import io.framequota.ingest.chunk.ChunkingRequest;
import io.framequota.ingest.chunk.ResumePoint;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.job.service.JobService;
import io.framequota.ingest.store.LeadershipStore;
import io.framequota.ingest.testing.Await;
import io.framequota.ingest.testing.Client;
import io.framequota.ingest.testing.FakeWorker;
import io.framequota.ingest.testing.JobsProfile;
import io.framequota.ingest.testing.RecordingCleaner;
import io.framequota.ingest.testing.ScriptedChunkPublisher;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Results that are delivered twice, late, or for a former leader, over the real topic. */
@QuarkusTest
@TestProfile(JobsProfile.class)
class ResultCommitterIT {
    @ConfigProperty(name = "kafka.bootstrap.servers")
    String bootstrap;

    @Inject
    LeadershipStore leadership;

    @Inject
    RecordingCleaner cleaner;

    @Inject
    IngestConfig config;

    @Inject
    MeterRegistry metrics;

    @Inject
    JobService jobs;

    @Inject
    ScriptedChunkPublisher publisher;

    private FakeWorker worker;

    @BeforeEach
    void startWorker() {
        worker = new FakeWorker(bootstrap);
        worker.does(c -> false);
        Client.awaitModels();
    }

    @AfterEach
    void stopWorker() throws InterruptedException {
        worker.close();
    }

    @Test
    void countsAResultThatIsDeliveredTwiceOnce() throws IOException {
        String id = submit(20);
        List<Chunk> chunks = chunks(id, 2);
        double lost = count("lost");

        worker.send(FakeWorker.result(chunks.get(0), 1, epoch()));
        worker.send(FakeWorker.result(chunks.get(0), 1, epoch()));
        Await.until("the second has lost", () -> count("lost") == lost + 1);

        given().get("/api/v1/jobs/" + id)
                .then()
                .body("frames", org.hamcrest.Matchers.equalTo(10))
                .body("chunks_committed", org.hamcrest.Matchers.equalTo(1));
        // The loser's file has the name of the winner's file, which must still exist.
        assertThat(files(id)).containsExactly("0-1-" + epoch() + ".gz");
        worker.send(FakeWorker.result(chunks.get(1), 1, epoch()));
        Client.await(id, "SUCCEEDED");
        assertThat(frames(
                        gunzip(given().get("/api/v1/jobs/" + id + "/detections").asByteArray())))
                .isEqualTo(numbers(0, 20));
    }

    @Test
    void theFirstOfTwoAttemptsWinsAndTheOtherLeavesNoFile() throws IOException {
        String id = submit(20);
        List<Chunk> chunks = chunks(id, 2);
        double lost = count("lost");

        worker.send(FakeWorker.result(chunks.get(0), 2, epoch()));
        worker.send(FakeWorker.result(chunks.get(0), 1, epoch()));
        Await.until("the second has lost", () -> count("lost") == lost + 1);

        assertThat(files(id)).containsExactly("0-2-" + epoch() + ".gz");
        // A scheduler that grants the chunk again has missed the commit.
        Await.until(
                "it is told twice",
                () -> worker.facts(id).stream()
                                .filter(JobFact::hasChunkCommitted)
                                .count()
                        == 2);
    }

    @Test
    void refusesAResultOfAnOldEpoch() throws IOException {
        String id = submit(10);
        Chunk chunk = chunks(id, 1).getFirst();
        long old = epoch();
        leadership.lead(LeadRequest.newBuilder().setScheduler("next").build());
        double stale = count("stale-epoch");

        worker.send(FakeWorker.result(chunk, 1, old));
        Await.until("it is refused", () -> count("stale-epoch") == stale + 1);

        given().get("/api/v1/jobs/" + id).then().body("frames", org.hamcrest.Matchers.equalTo(0));
        assertThat(files(id)).isEmpty();
        worker.send(FakeWorker.result(chunk, 1001, epoch()));
        Client.await(id, "SUCCEEDED");
    }

    @Test
    void ignoresRecordsThatAreNoResultOrOfNoJob() {
        String id = submit(10);
        Chunk chunk = chunks(id, 1).getFirst();
        double late = count("late");

        worker.sendBytes(ByteString.copyFromUtf8("\u0000nonsense"));
        worker.send(FakeWorker.result(chunk.toBuilder().setIndex(7).build(), 1, epoch()));
        worker.send(ChunkResult.newBuilder()
                .setEpoch(epoch())
                .setGrant(GrantRef.newBuilder().setJob("../../etc").setAttempt(1))
                .build());
        worker.send(ChunkResult.newBuilder()
                .setEpoch(epoch())
                .setGrant(GrantRef.newBuilder().setJob("nobody").setAttempt(1))
                .build());
        worker.send(FakeWorker.result(chunk, 1, epoch()));

        Client.await(id, "SUCCEEDED");
        assertThat(count("late")).isEqualTo(late + 3);
        given().get("/api/v1/jobs/" + id).then().body("frames", org.hamcrest.Matchers.equalTo(10));
    }

    @Test
    void deletesFramesBelowTheLowestOpenChunk() {
        String id = submit(30);
        List<Chunk> chunks = chunks(id, 3);

        worker.send(FakeWorker.result(chunks.get(1), 1, epoch()));
        Client.await(id, "chunks_committed", 1);
        // Chunks of jobs of other tests may still be open at lower offsets.
        assertThat(cleaner.below(0)).isLessThanOrEqualTo(chunks.get(0).getFirstOffset());
        worker.send(FakeWorker.result(chunks.get(0), 1, epoch()));
        worker.send(FakeWorker.result(chunks.get(2), 1, epoch()));
        Client.await(id, "SUCCEEDED");
        given().get("/api/v1/jobs?state=RUNNING")
                .jsonPath()
                .<String>getList("job")
                .forEach(other -> given().delete("/api/v1/jobs/" + other));

        Await.until("all is removed", () -> cleaner.below(0) > chunks.get(2).getLastOffset());
    }

    @Test
    void commitsTheOffsetAfterTheResultSoARestartContinuesBehindIt() throws Exception {
        String id = submit(10);
        worker.send(FakeWorker.result(chunks(id, 1).getFirst(), 1, epoch()));
        Client.await(id, "SUCCEEDED");

        TopicPartition detections = new TopicPartition(Topics.DETECTIONS, 0);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            long end = admin.listOffsets(Map.of(detections, OffsetSpec.latest()))
                    .partitionResult(detections)
                    .get()
                    .offset();
            Await.until("the offset is committed", () -> {
                try {
                    var offset = admin.listConsumerGroupOffsets("ingest-service")
                            .partitionsToOffsetAndMetadata()
                            .get()
                            .get(detections);
                    return offset != null && offset.offset() == end;
                } catch (ExecutionException | InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
        }
    }

    @Test
    void aResultThatCannotBeStoredFailsOnlyItsJob() throws IOException {
        String id = submit(10);
        String other = submit(10);
        Chunk chunk = chunks(id, 1).getFirst();
        Path results = Files.createDirectories(config.storage().resolve("results"));
        // No file can be written for this job, as on a full disk.
        Files.writeString(results.resolve(id), "in the way");

        worker.send(FakeWorker.result(chunk, 1, epoch()));
        worker.send(FakeWorker.result(chunks(other, 1).getFirst(), 1, epoch()));

        Client.await(id, "FAILED");
        Client.await(other, "SUCCEEDED");
        given().get("/api/v1/jobs/" + id)
                .then()
                .body(
                        "error",
                        org.hamcrest.Matchers.startsWith("a result could not be written to the server's storage"));
    }

    @Test
    void warnsAboutFailedFrames() {
        String id = submit(10);
        worker.send(FakeWorker.result(chunks(id, 1).getFirst(), 1, epoch()).toBuilder()
                .setFailedFrames(2)
                .build());

        Client.await(id, "SUCCEEDED");
        given().get("/api/v1/jobs/" + id)
                .then()
                .body("warnings[0]", org.hamcrest.Matchers.startsWith("2 frames could not be inferred"));
    }

    /** Chunk 1 of 3 does not decode to what its records announce; chunk 2 has its result already. */
    @Test
    void anIrregularResultLetsTheJobGoOnWithPixels() throws IOException {
        String id = given().multiPart("file", "v.mp4", "frames=30 packets".getBytes(StandardCharsets.UTF_8))
                .post("/api/v1/jobs")
                .path("job");
        List<Chunk> packets = chunks(id, 3);
        given().get("/api/v1/jobs/" + id).then().body("frame_transport", org.hamcrest.Matchers.equalTo("packets"));
        worker.send(FakeWorker.result(packets.get(0), 1, epoch()));
        worker.send(FakeWorker.result(packets.get(2), 1, epoch()));
        Client.await(id, "chunks_committed", 2);
        ChunkResult irregular = FakeWorker.result(packets.get(1), 1, epoch()).toBuilder()
                .clearMember()
                .setIrregular("9 frames came of 10")
                .build();

        worker.send(irregular);
        worker.send(irregular);

        List<Chunk> pixels = chunks(id, 5).subList(3, 5);
        assertThat(pixels).extracting(Chunk::getIndex).containsExactly(1, 2);
        assertThat(files(id)).containsExactly("0-1-" + epoch() + ".gz");
        given().get("/api/v1/jobs/" + id)
                .then()
                .body("frame_transport", org.hamcrest.Matchers.equalTo("pixels"))
                .body("frame_transport_reason", org.hamcrest.Matchers.equalTo("9 frames came of 10"))
                .body("chunks_committed", org.hamcrest.Matchers.equalTo(1))
                .body("frames", org.hamcrest.Matchers.equalTo(10));
        double late = count("late");
        worker.send(FakeWorker.result(packets.get(2), 2, epoch()));
        Await.until("an old attempt comes late", () -> count("late") == late + 1);
        int base = worker.facts(id).stream()
                .filter(JobFact::hasSubmitted)
                .mapToInt(f -> f.getSubmitted().getAttemptsBase())
                .max()
                .orElseThrow();
        pixels.forEach(chunk -> worker.send(FakeWorker.result(chunk, base + 1, epoch())));
        Client.await(id, "SUCCEEDED");
        assertThat(frames(
                        gunzip(given().get("/api/v1/jobs/" + id + "/detections").asByteArray())))
                .isEqualTo(numbers(0, 30));
        given().get("/api/v1/jobs/" + id)
                .then()
                .body(
                        "warnings[0]",
                        org.hamcrest.Matchers.equalTo("frames travel as pixels from chunk 1 on: 9 frames came of 10"));
    }

    /** Chunks 0 and 2 of 4 have results, chunk 3 is irregular, and the job fails before chunk 1 has one. */
    @Test
    void aRedriveBehindPacketsDecodesFromTheFirstChunkWithoutAResult() throws IOException {
        String id = given().multiPart("file", "v.mp4", "frames=40 packets".getBytes(StandardCharsets.UTF_8))
                .post("/api/v1/jobs")
                .path("job");
        List<Chunk> packets = chunks(id, 4);
        worker.send(FakeWorker.result(packets.get(0), 1, epoch()));
        worker.send(FakeWorker.result(packets.get(2), 1, epoch()));
        worker.send(FakeWorker.result(packets.get(3), 1, epoch()).toBuilder()
                .clearMember()
                .setIrregular("9 frames came of 10")
                .build());
        chunks(id, 5);
        jobs.fail(id, "why");

        given().post("/api/v1/jobs/" + id + "/redrive").then().statusCode(202);

        List<Chunk> pixels = chunks(id, 8).subList(5, 8);
        assertThat(pixels).extracting(Chunk::getIndex).containsExactly(1, 2, 3);
        ChunkingRequest request = publisher.requests(id).getLast();
        assertThat(request.skip()).containsExactly(0);
        assertThat(request.resume()).isEqualTo(new ResumePoint(1, 10, 0, 0));
        assertThat(files(id)).containsExactly("0-1-" + epoch() + ".gz");
    }

    private List<Chunk> chunks(String id, int count) {
        Await.until("chunks are told", () -> ready(id).size() == count);
        return ready(id);
    }

    private List<Chunk> ready(String id) {
        return worker.facts(id).stream()
                .filter(JobFact::hasChunkReady)
                .map(JobFact::getChunkReady)
                .toList();
    }

    private long epoch() {
        return leadership.epoch();
    }

    private double count(String outcome) {
        return metrics.counter("framequota.commits", "outcome", outcome).count();
    }

    private List<String> files(String id) throws IOException {
        Path folder = config.storage().resolve("results").resolve(id);
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(p -> p.getFileName().toString()).toList();
        }
    }
}
