package io.framequota.inference.system;

import static io.framequota.inference.system.Neighbours.frame;
import static io.framequota.inference.system.Neighbours.grant;
import static io.framequota.inference.system.Neighbours.lines;
import static io.framequota.inference.system.Neighbours.ref;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.framequota.contract.control.Chunk;
import io.framequota.contract.control.ChunkResult;
import io.framequota.contract.control.Command;
import io.framequota.contract.control.Grant;
import io.framequota.contract.control.LiveGrant;
import io.framequota.contract.control.LivePacket;
import io.framequota.contract.control.LiveResult;
import io.framequota.contract.control.LiveRun;
import io.framequota.contract.control.ModelCard;
import io.framequota.contract.control.PacketBatch;
import io.framequota.contract.control.UnusableModel;
import io.framequota.contract.control.WorkerReport;
import io.framequota.contract.control.WorkerReport.Kind;
import io.framequota.contract.topic.Topics;
import io.framequota.inference.intake.Frame;
import io.framequota.inference.testing.Jpeg;
import io.framequota.inference.testing.LiveVideo;
import io.framequota.inference.testing.PacketChunks;
import io.framequota.local.kafka.LocalBroker;
import io.framequota.media.testing.TestVideos;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole worker with a real broker and the stand-in for its inference server. */
@QuarkusTest
@QuarkusTestResource(value = Surroundings.class, restrictToAnnotatedClass = true)
class WorkerIT {
    /** The worker lives through all tests and remembers the highest epoch, so every test uses a new one. */
    private static final long FIRST_EPOCH = 101;

    private static final AtomicLong EPOCHS = new AtomicLong(FIRST_EPOCH - 1);

    LocalBroker broker;
    StandInServer server;

    @Inject
    MeterRegistry meters;

    @TempDir
    Path folder;

    private Neighbours neighbours;
    private long epoch;
    private String job;

    @BeforeEach
    void lead() {
        job = UUID.randomUUID().toString();
        neighbours = new Neighbours(broker.bootstrap());
        epoch = EPOCHS.incrementAndGet();
        if (epoch == FIRST_EPOCH) {
            neighbours.await("ready worker", r -> r.getKind() == Kind.HEARTBEAT && r.getReady());
        }
        neighbours.command(Command.newBuilder().setEpoch(epoch).setLead(true));
        neighbours.await(
                "ready under the new epoch",
                r -> r.getKind() == Kind.HEARTBEAT && r.getReady() && r.getEpoch() == epoch);
    }

    @AfterEach
    void close() {
        server.open();
        neighbours.close();
    }

    @Test
    void resultOfAChunkIsInFrameOrder() {
        Chunk chunk =
                neighbours.write(job, 3, 5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20);
        Grant grant = grant(chunk, 1);

        neighbours.command(epoch, grant);

        WorkerReport started = neighbours.await(Kind.STARTED, grant);
        WorkerReport finished = neighbours.await(Kind.FINISHED, grant);
        neighbours.await("result", () -> neighbours.result(grant).isPresent());
        ChunkResult result = neighbours.result(grant).orElseThrow();
        assertThat(started.getFirstFrameAtUs()).isPositive();
        assertThat(finished.getFrames()).isEqualTo(20);
        assertThat(result.getFrames()).isEqualTo(20);
        assertThat(result.getDetections()).isEqualTo(20);
        assertThat(result.getFailedFrames()).isZero();
        assertThat(result.getTransport()).isEqualTo("system-shared-memory");
        assertThat(server.sharedRequests.get()).isPositive();
        assertThat(server.rawRequests).hasValue(0);
        assertThat(result.getTimings().getModelUs()).isEqualTo(20 * 1500);
        List<String> lines = lines(result);
        for (int i = 0; i < 20; i++) {
            // The box of the stand-in is mark + 1 pixels wide, at a tenth of the source's size.
            assertThat(lines.get(i))
                    .isEqualTo("{\"frame\":%d,\"pts_ms\":%d.0,\"detections\":[{\"class\":\"mark\",\"class_id\":0,"
                                    .formatted(300 + i, (300 + i) * 40)
                            + "\"score\":0.9,\"box\":[0.0,0.0,%d.0,10.0]}]}".formatted((i + 2) * 10));
        }
    }

    @Test
    void packetsGiveTheLinesOfPixels() throws Exception {
        PacketChunks video = video();
        PacketBatch packets = video.batches().get(1);
        long first = packets.getUnits(0).getFrame();
        long count =
                packets.getUnitsList().stream().filter(u -> u.getFrame() >= 0).count();
        List<Frame> frames = video.frames(job).stream()
                .filter(f -> f.meta().index() >= first && f.meta().index() < first + count)
                .toList();

        ChunkResult decoded = result(grant(neighbours.writePackets(job, 1, 2, packets), 1));
        ChunkResult read = result(grant(neighbours.write(job, 2, 3, frames), 1));

        assertThat(decoded.getIrregular()).isEmpty();
        assertThat(lines(decoded)).isEqualTo(lines(read)).hasSize(frames.size());
        assertThat(decoded.getTimings().getDecodeUs()).isPositive();
        assertThat(read.getTimings().getDecodeUs()).isZero();
        assertThat(meters.get("framequota.stage.busy.seconds")
                        .tag("stage", "decode")
                        .functionCounter()
                        .count())
                .isPositive();
        assertThat(meters.get("framequota.decode.memory.bytes").gauge().value()).isZero();
    }

    @Test
    void anIrregularChunkIsReportedWithItsReasonAndNoMember() throws Exception {
        PacketBatch.Builder packets = video().batches().getFirst().toBuilder();
        packets.getUnitsBuilder(4).setFrame(99);

        Grant grant = grant(neighbours.writePackets(job, 0, 4, packets.build()), 1);
        ChunkResult result = result(grant);

        assertThat(neighbours.await(Kind.FINISHED, grant).getFrames())
                .as("nothing to measure")
                .isZero();
        assertThat(result.getIrregular()).contains("frame 99");
        assertThat(result.getMember().isEmpty()).isTrue();
    }

    private PacketChunks video() throws Exception {
        ModelCard card = ModelCard.newBuilder()
                .setFit(ModelCard.Fit.STRETCH)
                .setWidth(Neighbours.SIDE)
                .setHeight(Neighbours.SIDE)
                .build();
        return new PacketChunks(TestVideos.OPEN_GOP.make(folder), card, 2);
    }

    private ChunkResult result(Grant grant) {
        neighbours.command(epoch, grant);
        neighbours.await(Kind.STARTED, grant);
        neighbours.await(Kind.FINISHED, grant);
        neighbours.await("result", () -> neighbours.result(grant).isPresent());
        return neighbours.result(grant).orElseThrow();
    }

    @Test
    void streamsAreInferredFromTheirPartitionsBesideOneAnother() throws Exception {
        String other = UUID.randomUUID().toString();
        ModelCard card = ModelCard.newBuilder()
                .setFit(ModelCard.Fit.STRETCH)
                .setWidth(Neighbours.SIDE)
                .setHeight(Neighbours.SIDE)
                .build();
        Path file = TestVideos.B_FRAMES.make(folder);
        List<LivePacket> mine = LiveVideo.packets(file, job, 1, 0, card);
        List<LivePacket> others = LiveVideo.packets(file, other, 1, 0, card);
        List<LivePacket> nobodys = LiveVideo.packets(file, "nobodys", 1, 0, card);
        int partition = 3;
        long first = 0;
        for (int i = 0; i < 10; i++) {
            neighbours.writeLive(partition, nobodys.get(i));
            long offset = neighbours.writeLive(partition, mine.get(i));
            first = i == 0 ? offset : first;
        }
        live(job, partition, first);
        // A second stream of the same partition begins while the first one runs.
        neighbours.await("first results", () -> liveLines(job) >= 1);
        long begin = neighbours.writeLive(partition, others.getFirst());
        live(other, partition, begin);
        for (int i = 10; i < mine.size(); i++) {
            neighbours.writeLive(partition, mine.get(i));
            neighbours.writeLive(partition, others.get(i - 9));
            neighbours.poll(Duration.ofMillis(5));
        }
        neighbours.writeLive(partition, LiveVideo.end(mine.getLast()));

        neighbours.await("all frames of the first stream", () -> liveFrames(job) == mine.size());
        neighbours.await("frames of the second stream", () -> liveFrames(other) >= others.size() - 14);
        assertThat(neighbours.liveResults).allMatch(r -> r.getEpoch() == epoch);
        assertThat(neighbours.liveResults)
                .filteredOn(r -> r.getJob().equals(job))
                .extracting(LiveResult::getFrame)
                .isSorted();
        WorkerReport beat = neighbours.await(
                "heartbeat with both streams",
                r -> r.getLiveList().stream().filter(l -> l.getFrames() > 0).count() == 2);
        assertThat(beat.getLiveList()).extracting(LiveRun::getJob).containsExactlyInAnyOrder(job, other);

        neighbours.command(
                Command.newBuilder().setEpoch(epoch).setWorker("worker-7").setLiveStop(job));
        neighbours.command(Command.newBuilder().setEpoch(epoch).setDropJob(other));
        int before = neighbours.reports.size();
        neighbours.await(
                "no stream",
                () -> neighbours.reports.stream()
                        .skip(before)
                        .anyMatch(r -> r.getKind() == Kind.HEARTBEAT && r.getLiveCount() == 0));
        assertThat(meters.get("framequota.decode.memory.bytes").gauge().value()).isZero();
    }

    private void live(String id, int partition, long firstOffset) {
        LiveGrant.Builder grant = LiveGrant.newBuilder().setJob(id).setModel("marks");
        grant.getStreamBuilder()
                .setEvery(1)
                .setSession(1)
                .setPartition(partition)
                .setFirstOffset(firstOffset);
        neighbours.command(
                Command.newBuilder().setEpoch(epoch).setWorker("worker-7").setLive(grant));
    }

    private long liveLines(String id) {
        return neighbours.liveResults.stream()
                .filter(r -> r.getJob().equals(id) && !r.hasGap())
                .count();
    }

    private long liveFrames(String id) {
        return liveLines(id)
                + neighbours.liveResults.stream()
                        .filter(r -> r.getJob().equals(id))
                        .mapToLong(r -> r.getGap().getFrames())
                        .sum();
    }

    @Test
    void unreadableCommandsAreSetAsideAndTheNextOneIsExecuted() {
        double before = setAside();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrap()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(Topics.GRANTS, null, null));
            producer.send(new ProducerRecord<>(Topics.GRANTS, null, "nonsense".getBytes(StandardCharsets.UTF_8)));
        }
        Chunk chunk = neighbours.write(job, 0, 1, 1, 2, 3);
        Grant grant = grant(chunk, 1);
        neighbours.command(epoch, grant);

        neighbours.await(Kind.FINISHED, grant);
        assertThat(setAside()).isEqualTo(before + 2);
    }

    private double setAside() {
        return meters.counter("framequota.records.set.aside", "topic", Topics.GRANTS)
                .count();
    }

    @Test
    void refusesPagesOfOtherSitesAndReboundNames() {
        for (String path : List.of("/q/health/live", "/q/metrics", "/nothing")) {
            given().header("Host", "rebound.example").get(path).then().statusCode(403);
            given().header("Origin", "http://evil.example").get(path).then().statusCode(403);
        }
        given().header("Host", "10.1.2.3:8080").get("/q/health/live").then().statusCode(200);
    }

    @Test
    void heartbeatsDescribeTheWorkerAndItsModels() {
        WorkerReport beat =
                neighbours.await("ready", r -> r.getKind() == Kind.HEARTBEAT && r.getReady() && r.getModelsCount() > 0);

        assertThat(beat.getWorker()).isEqualTo("worker-7");
        assertThat(beat.getInstance()).isNotEmpty();
        assertThat(beat.getServer()).contains("stand-in");
        assertThat(beat.getCores()).isEqualTo(2);
        assertThat(beat.getTransport()).isEqualTo("system-shared-memory");
        assertThat(beat.getModelsList()).singleElement().satisfies(card -> {
            assertThat(card.getName()).isEqualTo("marks");
            assertThat(card.getLabelsList()).containsExactly("mark");
        });
    }

    @Test
    void heartbeatsExplainWhyModelsCannotBeUsed() {
        WorkerReport beat = neighbours.await(
                "ready", r -> r.getKind() == Kind.HEARTBEAT && r.getReady() && r.getUnusableCount() > 0);

        assertThat(beat.getUnusableList())
                .extracting(UnusableModel::getName, UnusableModel::getReason)
                .containsExactly(
                        tuple("broken", "failed to load model.onnx: no graph"),
                        tuple("words", "tensor text is of type STRING"));
    }

    @Test
    void allFramesAreInferredWhileClientsUnregisterAllRegions() throws InterruptedException {
        server.hold();
        int[] marks = IntStream.range(0, 40).map(i -> 160 + i % 40).toArray();
        Grant grant = grant(neighbours.write(job, 0, 15, marks), 1);
        neighbours.command(epoch, grant);
        neighbours.await("requests at the server", () -> requestsInFlight() > 0);
        AtomicBoolean over = new AtomicBoolean();
        Thread storm = Thread.ofPlatform().start(() -> {
            while (!over.get()) {
                server.forgetRegions();
                Thread.onSpinWait();
            }
        });
        server.open();
        try {
            neighbours.await(Kind.FINISHED, grant);
        } finally {
            over.set(true);
            storm.join();
        }
        neighbours.await("result", () -> neighbours.result(grant).isPresent());

        ChunkResult result = neighbours.result(grant).orElseThrow();
        assertThat(result.getFailedFrames()).isZero();
        assertThat(lines(result))
                .hasSize(40)
                .allSatisfy(line -> assertThat(line).contains("\"class\":\"mark\""));
        assertThat(neighbours.deadLetters).isEmpty();

        // Afterwards pictures travel in shared memory again.
        neighbours.await("shared memory again", () -> {
            int before = server.sharedRequests.get();
            Grant next = grant(neighbours.write(UUID.randomUUID().toString(), 0, 15, 201), 1);
            neighbours.command(epoch, next);
            neighbours.await(Kind.FINISHED, next);
            return server.sharedRequests.get() > before && !server.regions().isEmpty();
        });
    }

    @Test
    void killedAndRestartedServerLosesNoFrame() {
        Chunk chunk = neighbours.write(job, 0, 1, 21, 22, 23, 24, 25, 26, 27, 28);
        Grant grant = grant(chunk, 1);
        server.hold();
        neighbours.command(epoch, grant);
        neighbours.await(Kind.STARTED, grant);

        server.kill();
        neighbours.await("worker that is not ready", r -> r.getKind() == Kind.HEARTBEAT && !r.getReady());
        server.open();
        server.start();

        WorkerReport finished = neighbours.await(Kind.FINISHED, grant);
        assertThat(finished.getFrames()).isEqualTo(8);
        neighbours.await("result", () -> neighbours.result(grant).isPresent());
        assertThat(neighbours.result(grant).orElseThrow().getFailedFrames()).isZero();
        assertThat(neighbours.result(grant).orElseThrow().getDetections()).isEqualTo(8);
    }

    @Test
    void grantCanBeRevokedBeforeItStarts() {
        server.hold();
        Grant first = grant(neighbours.write(job, 0, 2, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40), 1);
        Grant second = grant(neighbours.write(job, 1, 2, 41, 42), 1);
        neighbours.command(epoch, first);
        neighbours.command(epoch, second);
        neighbours.await(
                "both held",
                r -> r.getRunning().equals(ref(first)) && r.getWaiting().equals(ref(second)));

        neighbours.command(
                Command.newBuilder().setEpoch(epoch).setWorker("worker-7").setRevoke(ref(second)));
        neighbours.await(Kind.REVOKED, second);
        neighbours.await(Kind.STARTED, first);
        neighbours.command(
                Command.newBuilder().setEpoch(epoch).setWorker("worker-7").setRevoke(ref(first)));
        neighbours.await("STARTED as the answer", () -> neighbours.count(Kind.STARTED, first) == 2);
        server.open();

        neighbours.await(Kind.FINISHED, first);
        assertThat(neighbours.count(Kind.REVOKED, first)).isZero();
        assertThat(server.asked(41)).isZero();
    }

    @Test
    void requestsAtTheServerAreBoundedAndMeasured() {
        server.hold();
        Grant grant = grant(neighbours.write(job, 0, 12, 131, 132, 133, 134, 135, 136, 137, 138), 1);

        neighbours.command(epoch, grant);

        // The stand-in computes two at once.
        neighbours.await("three requests at the server", () -> requestsInFlight() == 3);
        neighbours.poll(Duration.ofMillis(200));
        assertThat(requestsInFlight()).isEqualTo(3);
        neighbours.await(
                "the server's queue",
                () -> metrics().contains("framequota_server_queue_length{worker=\"worker-7\"} 3.0"));
        assertThat(metrics()).contains("framequota_server_queue_bytes{worker=\"worker-7\"} 3000.0");
        server.open();
        neighbours.await(Kind.FINISHED, grant);
        assertThat(requestsInFlight()).isZero();
        neighbours.await(
                "an empty queue", () -> metrics().contains("framequota_server_queue_length{worker=\"worker-7\"} 0.0"));
    }

    @Test
    void fetchesOfFramesAreMeasured() {
        Grant grant = grant(neighbours.write(job, 0, 15, 141, 142), 1);

        neighbours.command(epoch, grant);
        neighbours.await(Kind.FINISHED, grant);

        double largest = Pattern.compile(
                        "^kafka_consumer_fetch_manager_fetch_size_max\\{client_id=\"framequota-intake-worker-7\".*} (\\S+)$",
                        Pattern.MULTILINE)
                .matcher(metrics())
                .results()
                .mapToDouble(found -> Double.parseDouble(found.group(1)))
                .findFirst()
                .orElseThrow();
        assertThat(largest).isBetween((double) Neighbours.SIDE * Neighbours.SIDE * 3, 4.0 * 1024 * 1024);
    }

    private static String metrics() {
        return given().get("/q/metrics").asString();
    }

    private double requestsInFlight() {
        return meters.get("framequota.requests.in.flight").gauge().value();
    }

    @Test
    void grantSentTwiceRunsOnceAndIsAnsweredTwice() {
        Grant grant = grant(neighbours.write(job, 0, 3, 51, 52, 53), 1);

        neighbours.command(epoch, grant);
        neighbours.command(epoch, grant);
        neighbours.await(Kind.FINISHED, grant);
        neighbours.command(epoch, grant);
        neighbours.await("the answer again", () -> neighbours.count(Kind.FINISHED, grant) == 2);

        assertThat(server.asked(51)).isEqualTo(1);
    }

    @Test
    void commandsOfAnOldEpochChangeNothing() {
        Grant old = grant(neighbours.write(job, 0, 4, 61, 62), 1);
        Grant now = grant(neighbours.write(job, 1, 4, 63, 64), 1);

        neighbours.command(epoch - 1, old);
        neighbours.command(epoch, now);
        neighbours.await(Kind.FINISHED, now);

        assertThat(server.asked(61)).isZero();
        assertThat(neighbours.reports).noneMatch(r -> r.getGrant().equals(ref(old)));
    }

    @Test
    void newLeaderFindsTheWorkerWithoutGrants() {
        server.hold();
        Grant held = grant(neighbours.write(job, 0, 6, 71, 72, 73, 74), 1);
        neighbours.command(epoch, held);
        neighbours.await(Kind.STARTED, held);

        epoch = EPOCHS.incrementAndGet();
        neighbours.command(Command.newBuilder().setEpoch(epoch).setLead(true));

        neighbours.await(
                "empty heartbeat",
                r -> r.getKind() == Kind.HEARTBEAT && r.getEpoch() == epoch && !r.hasRunning() && !r.hasWaiting());
        server.open();
        Grant again = grant(held.getChunk(), 2);
        neighbours.command(epoch, again);
        neighbours.await(Kind.FINISHED, again);
        assertThat(neighbours.result(held)).isEmpty();
    }

    @Test
    void droppedJobIsForgotten() {
        server.hold();
        Grant dropped = grant(neighbours.write(job, 0, 7, 81, 82, 83, 84), 1);
        neighbours.command(epoch, dropped);
        neighbours.await(Kind.STARTED, dropped);

        neighbours.command(Command.newBuilder().setEpoch(epoch).setDropJob(job));
        neighbours.awaitIdleAfter(dropped);
        server.open();
        String otherJob = UUID.randomUUID().toString();
        Grant other = grant(neighbours.write(otherJob, 0, 7, 85), 1);
        neighbours.command(epoch, other);
        neighbours.await(Kind.FINISHED, other);

        assertThat(neighbours.result(dropped)).isEmpty();
        assertThat(neighbours.count(Kind.FINISHED, dropped)).isZero();
    }

    @Test
    void frameThatFailsItsRetriesBecomesADeadLetterAndTheChunkContinues() {
        int broken = StandInServer.BROKEN & 0xff;
        Grant grant = grant(neighbours.write(job, 0, 8, 91, broken, 92, -1), 1);
        int before = server.asked(broken);

        neighbours.command(epoch, grant);
        neighbours.await(Kind.FINISHED, grant);
        neighbours.await("result", () -> neighbours.result(grant).isPresent());
        neighbours.await("dead letter", () -> !neighbours.deadLetters.isEmpty());

        ChunkResult result = neighbours.result(grant).orElseThrow();
        assertThat(result.getFailedFrames()).isEqualTo(2);
        List<String> lines = lines(result);
        assertThat(lines.get(1)).contains("\"error\":\"").contains("this picture is broken");
        assertThat(lines.get(3)).contains("\"error\":\"the decoder gave up\"");
        assertThat(lines.get(2)).contains("\"class\":\"mark\"");
        assertThat(server.asked(broken) - before).isEqualTo(4);
        assertThat(neighbours.deadLetters).singleElement().satisfies(letter -> {
            assertThat(letter.value()[0]).isEqualTo(StandInServer.BROKEN);
            assertThat(new String(letter.headers().lastHeader("ce_cause").value()))
                    .contains("this picture is broken");
            assertThat(letter.headers().lastHeader("ce_picture")).isNotNull();
        });
    }

    @Test
    void jpegFramesAreInferredAndADamagedOneBecomesADeadLetter() {
        int side = Neighbours.SIDE;
        byte[] damaged = Jpeg.of(side, side, (x, y) -> (x * 7 + y * 13) % 256);
        damaged = Arrays.copyOf(damaged, damaged.length / 2);
        Chunk chunk = neighbours.writeJpeg(
                job,
                0,
                14,
                Jpeg.surface(side, side, 151, 151, 151),
                damaged,
                Jpeg.surface(side, side, 152, 152, 152),
                Jpeg.surface(side + 1, side, 153, 153, 153));
        Grant grant = grant(chunk, 1);

        neighbours.command(epoch, grant);
        neighbours.await(Kind.FINISHED, grant);
        neighbours.await("result", () -> neighbours.result(grant).isPresent());
        neighbours.await("dead letters", () -> neighbours.deadLetters.size() == 2);

        ChunkResult result = neighbours.result(grant).orElseThrow();
        assertThat(result.getFailedFrames()).isEqualTo(2);
        List<String> lines = lines(result);
        assertThat(lines.get(0)).contains("\"class\":\"mark\"");
        assertThat(lines.get(1)).contains("\"error\":\"the frame's JPEG picture is damaged: ");
        assertThat(lines.get(2)).contains("\"class\":\"mark\"");
        assertThat(lines.get(3)).contains("\"error\":\"the frame's JPEG picture is 41x40, not 40x40\"");
        assertThat(server.asked(151)).isEqualTo(1);
        assertThat(server.asked(152)).isEqualTo(1);
        ConsumerRecord<byte[], byte[]> letter = neighbours.deadLetters.getFirst();
        assertThat(letter.value()).isEqualTo(damaged);
        assertThat(new String(letter.headers().lastHeader("content-type").value()))
                .isEqualTo("image/jpeg");
    }

    @Test
    void repeatedAndUnorderedFramesGiveOneLineEach() {
        Chunk chunk = neighbours.write(
                0,
                9,
                List.of(frame(job, 0, 0), frame(job, 0, 2), frame(job, 0, 2), frame(job, 0, 1)),
                101,
                103,
                103,
                102);
        Grant grant = grant(chunk, 1);

        neighbours.command(epoch, grant);
        neighbours.await(Kind.FINISHED, grant);
        neighbours.await("result", () -> neighbours.result(grant).isPresent());

        assertThat(lines(neighbours.result(grant).orElseThrow()))
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("{\"frame\":0,").contains("[0.0,0.0,400.0,10.0]"),
                        line -> assertThat(line).startsWith("{\"frame\":1,"),
                        line -> assertThat(line).startsWith("{\"frame\":2,"));
    }

    @Test
    void deletedFramesFailTheChunkTemporarily() throws Exception {
        Chunk chunk = neighbours.write(job, 0, 10, 111, 112);
        neighbours.write(job, 1, 10, 113);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            admin.deleteRecords(Map.of(
                            new TopicPartition(Topics.FRAMES, 10),
                            RecordsToDelete.beforeOffset(chunk.getLastOffset() + 1)))
                    .all()
                    .get();
        }
        Grant grant = grant(chunk, 1);

        neighbours.command(epoch, grant);

        WorkerReport failed = neighbours.await(Kind.FAILED, grant);
        assertThat(failed.getCause()).startsWith("the frames were deleted");
        assertThat(failed.getPermanent()).isFalse();
    }

    @Test
    void unknownModelFailsTheChunkPermanently() {
        Chunk chunk = neighbours.write(job, 0, 11, 121);
        Grant unknown = grant(chunk, 1).toBuilder().setModel("nothing").build();
        Grant unusable = grant(chunk, 2).toBuilder().setModel("words").build();

        neighbours.command(epoch, unknown);
        neighbours.command(epoch, unusable);

        assertThat(neighbours.await(Kind.FAILED, unknown))
                .satisfies(r -> assertThat(r.getPermanent()).isTrue())
                .satisfies(r -> assertThat(r.getCause()).contains("has no model nothing"));
        assertThat(neighbours.await(Kind.FAILED, unusable))
                .satisfies(r -> assertThat(r.getPermanent()).isTrue())
                .satisfies(r -> assertThat(r.getCause()).contains("model words cannot be used"));
    }
}
