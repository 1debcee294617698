package io.framequota.inference.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.framequota.contract.control.AccessUnit;
import io.framequota.contract.control.CodecParameters;
import io.framequota.contract.control.LiveAnnotated;
import io.framequota.contract.control.LiveGrant;
import io.framequota.contract.control.LivePacket;
import io.framequota.contract.control.LiveResult;
import io.framequota.contract.control.LiveRun;
import io.framequota.contract.control.LiveStream;
import io.framequota.contract.control.ModelCard;
import io.framequota.inference.intake.LivePackets;
import io.framequota.inference.model.LabelFiles;
import io.framequota.inference.model.ModelSpecFactory;
import io.framequota.inference.publish.StreamPublisher;
import io.framequota.inference.system.StandInServer;
import io.framequota.inference.testing.LiveVideo;
import io.framequota.inference.triton.TritonServer;
import io.framequota.inference.worker.StreamAssignments;
import io.framequota.inference.worker.StreamAssignments.Assignment;
import io.framequota.media.decode.DecodeMemoryBudget;
import io.framequota.media.decode.FrameDecoder;
import io.framequota.media.decode.PixelOrder;
import io.framequota.media.decode.SourceLimits;
import io.framequota.media.decode.ffmpeg.FfmpegDecoder;
import io.framequota.media.scale.opencv.OpenCvScaler;
import io.framequota.media.testing.Ffmpeg;
import io.framequota.media.testing.TestVideos;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole lanes with real decoders and the stand-in for the inference server; the test writes packets and reads results. */
@Timeout(60)
class LiveLaneIT {
    private static final ModelCard MODEL = ModelCard.newBuilder()
            .setName("marks")
            .setFit(ModelCard.Fit.STRETCH)
            .setWidth(40)
            .setHeight(40)
            .build();

    @TempDir
    Path folder;

    private final DecodeMemoryBudget memory = new DecodeMemoryBudget(384 << 20);
    private final List<AutoCloseable> open = new ArrayList<>();
    private StandInServer server;
    private int port;

    /** A worker's lane with what it reads and writes. */
    private final class Worker implements LivePackets, StreamPublisher {
        final BlockingQueue<LivePacket> topic = new LinkedBlockingQueue<>();
        final List<LiveResult> results = new CopyOnWriteArrayList<>();
        final List<LiveAnnotated> annotated = new CopyOnWriteArrayList<>();
        final LiveLane lane;
        private final Set<String> joining = ConcurrentHashMap.newKeySet();

        /** A worker that waits for as long as a slow machine needs. */
        Worker(String name) throws InterruptedException {
            this(name, new LiveLane.Waits(Duration.ofMinutes(1), Duration.ofMinutes(1), Duration.ofMinutes(1)));
        }

        Worker(String name, LiveLane.Waits waits) throws InterruptedException {
            TritonServer triton = new TritonServer(
                    new TritonServer.Options(
                            "127.0.0.1", port, name, OptionalInt.of(3), OptionalInt.of(2), false, null),
                    new ModelSpecFactory(new LabelFiles(null)),
                    () -> {});
            triton.start();
            open.addFirst(triton);
            triton.find("marks", Duration.ofSeconds(20));
            lane = new LiveLane(
                    name,
                    new LiveLane.Ports(
                            () -> this,
                            new FfmpegDecoder(SourceLimits.DEFAULT, memory).ofStreams(),
                            OpenCvScaler::new,
                            triton,
                            triton,
                            this,
                            InstantSource.system()),
                    new SimpleMeterRegistry(),
                    waits);
            lane.start();
            open.addFirst(lane);
        }

        void grant(long epoch, String job, int every) {
            grant(epoch, job, every, false);
        }

        void grant(long epoch, String job, int every, boolean annotate) {
            lane.assign(new StreamAssignments(Map.of(
                    job,
                    new Assignment(
                            epoch,
                            LiveGrant.newBuilder()
                                    .setJob(job)
                                    .setModel("marks")
                                    .setStream(LiveStream.newBuilder()
                                            .setEvery(every)
                                            .setAnnotate(annotate))
                                    .build()))));
        }

        /** Gives packets one by one, as fast as results come. */
        void feed(List<LivePacket> packets) {
            feed(packets, 6);
        }

        /** @param ahead packets that are given before the result of the first of them is there; fewer than 8 frames to infer */
        void feed(List<LivePacket> packets, int ahead) {
            long first = packets.getFirst().getUnit().getFrame();
            for (LivePacket packet : packets) {
                long fed = packet.getUnit().getFrame();
                await().pollInterval(Duration.ofMillis(1)).until(() -> fed - Math.max(first, lastFrame()) < ahead);
                topic.add(packet);
            }
        }

        private long lastFrame() {
            return results.isEmpty() ? -1 : results.getLast().getFrame();
        }

        LiveRun report() {
            return lane.runs().getFirst();
        }

        @Override
        public void follow(String job, int partition, long firstOffset) {
            joining.add(job);
        }

        @Override
        public void unfollow(String job) {
            joining.remove(job);
        }

        @Override
        public void poll(Duration wait, Sink sink) throws InterruptedException {
            List<LivePacket> some = new ArrayList<>();
            LivePacket first = topic.poll(10, TimeUnit.MILLISECONDS);
            if (first != null) {
                some.add(first);
                topic.drainTo(some);
            }
            some.forEach(sink::packet);
            joining.forEach(sink::caughtUp);
            joining.clear();
        }

        @Override
        public void close() {}

        @Override
        public CompletionStage<Void> publish(LiveResult result) {
            results.add(result);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> publish(LiveAnnotated packet) {
            annotated.add(packet);
            return CompletableFuture.completedFuture(null);
        }

        long lines() {
            return results.stream().filter(r -> !r.hasGap()).count();
        }

        long missing() {
            return results.stream().mapToLong(r -> r.getGap().getFrames()).sum();
        }
    }

    @BeforeEach
    void start() throws Exception {
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        server = new StandInServer(port);
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.open();
        for (AutoCloseable closed : open) {
            closed.close();
        }
        server.kill();
        assertThat(memory.used()).isZero();
    }

    @Test
    void everyFrameOfAStreamWithBFramesHasOneLineInOrder() throws Exception {
        Worker worker = new Worker("w");
        List<LivePacket> packets = packets(TestVideos.B_FRAMES, "a", 0);
        worker.grant(4, "a", 1);

        worker.feed(packets);
        worker.topic.add(LiveVideo.end(packets.getLast()));

        await().until(() -> worker.lines() == packets.size());
        assertThat(worker.missing()).isZero();
        assertRising(worker.results);
        assertThat(worker.results.getFirst().getFrame()).isZero();
        assertThat(worker.results).allSatisfy(r -> {
            assertThat(r.getLine().toStringUtf8()).startsWith("{\"frame\":" + r.getFrame() + ",");
            assertThat(r.getDetections()).isEqualTo(1);
            assertThat(r.getEpoch()).isEqualTo(4);
            assertThat(r.getWorker()).isEqualTo("w");
            assertThat(r.getInferredAtMs()).isGreaterThanOrEqualTo(r.getReceivedAtMs());
        });
        LiveRun run = worker.report();
        assertThat(run.getFrames()).isEqualTo(packets.size());
        assertThat(run.getDropped()).isZero();
        assertThat(run.getFailure()).isEmpty();
        assertThat(run.getCoreSeconds())
                .as("the stand-in says 1.5 ms for each frame")
                .isBetween(packets.size() * 0.0015, 5.0);
    }

    @Test
    void everyNthFrameIsInferred() throws Exception {
        Worker worker = new Worker("w");
        worker.grant(1, "a", 10);

        packets(TestVideos.H264, "a", 0).forEach(worker.topic::add);

        await().until(() -> worker.lines() + worker.missing() >= 5);
        assertThat(worker.results).allMatch(r -> r.hasGap() || r.getFrame() % 10 == 0);
    }

    @Test
    void framesThatASlowServerCannotTakeAreDroppedOldestFirstAndCounted() throws Exception {
        Worker worker = new Worker("w");
        List<LivePacket> packets = packets(TestVideos.B_FRAMES, "a", 0);
        worker.grant(1, "a", 1);
        worker.feed(packets.subList(0, 10));
        server.hold();

        for (LivePacket packet : packets.subList(10, packets.size())) {
            worker.topic.add(packet);
            Thread.sleep(5);
        }
        worker.topic.add(LiveVideo.end(packets.getLast()));
        await().until(() -> worker.report().getDropped() > 0);
        server.open();

        await().until(() -> worker.lines() + worker.missing() == packets.size());
        assertRising(worker.results);
        assertThat(worker.results.getLast().getFrame())
                .as("the newest frame is inferred")
                .isEqualTo(packets.size() - 1);
        assertThat(worker.missing()).isEqualTo(worker.report().getDropped()).isPositive();
        assertThat(worker.results)
                .filteredOn(LiveResult::hasGap)
                .allSatisfy(r -> assertThat(r.getGap().getCause()).isEqualTo("dropped"));
    }

    @Test
    void aSecondWorkerTakesOverAtAKeyPictureWithTheSameNumbers() throws Exception {
        Worker first = new Worker("w1");
        Worker second = new Worker("w2");
        List<LivePacket> packets = packets(TestVideos.B_FRAMES, "a", 100);
        first.grant(1, "a", 1);
        first.feed(packets.subList(0, 35));
        await().until(() -> first.lastFrame() > 100);

        // What is on the topic is some seconds old.
        List<LivePacket> there = packets.subList(0, 35).stream()
                .map(p -> p.toBuilder()
                        .setReceivedAtMs(p.getReceivedAtMs() - 5000)
                        .build())
                .toList();
        there.forEach(second.topic::add);
        second.grant(2, "a", 1);
        await().until(() -> !second.results.isEmpty());
        packets.subList(35, packets.size()).forEach(first.topic::add);
        second.feed(packets.subList(35, packets.size()));
        second.topic.add(LiveVideo.end(packets.getLast()));
        await().until(() -> second.lastFrame() == 100 + packets.size() - 1);
        first.lane.assign(new StreamAssignments(Map.of()));

        assertThat(second.results.getFirst().getFrame())
                .as("the newest key picture")
                .isEqualTo(130);
        assertThat(second.results).allMatch(r -> r.getEpoch() == 2);
        Map<Long, String> lines = new HashMap<>();
        first.results.stream()
                .filter(r -> !r.hasGap())
                .forEach(r -> lines.put(r.getFrame(), r.getLine().toStringUtf8()));
        assertThat(second.results.stream().filter(r -> !r.hasGap() && lines.containsKey(r.getFrame())))
                .as("frames that both have inferred")
                .isNotEmpty()
                .allSatisfy(r -> assertThat(r.getLine().toStringUtf8()).isEqualTo(lines.get(r.getFrame())));
    }

    @Test
    void everyPictureOfAnAnnotatedStreamIsEncodedWithTheBoxesOfTheLastInferredFrame() throws Exception {
        Worker worker = new Worker("w");
        List<LivePacket> packets = packets(TestVideos.B_FRAMES, "a", 0);
        worker.grant(2, "a", 5, true);

        // Decoding and every fifth frame: a result comes up to eleven packets late.
        worker.feed(packets, 12);
        worker.topic.add(LiveVideo.end(packets.getLast()));
        await().until(() -> worker.annotated.size() == packets.size());

        assertThat(worker.annotated).extracting(p -> p.getUnit().getPtsMs()).isSorted();
        assertThat(worker.annotated).extracting(p -> p.getUnit().getFrame()).isSorted();
        assertThat(worker.annotated).allMatch(p -> p.getEpoch() == 2 && p.getSession() == 1 && p.getReceivedAtMs() > 0);
        assertThat(worker.annotated.getFirst().getUnit().getKey()).isTrue();
        assertThat(worker.annotated).filteredOn(p -> p.getUnit().getKey()).allMatch(LiveAnnotated::hasCodec);
        List<byte[]> shown = decode(
                worker.annotated.getFirst().getCodec(),
                worker.annotated.stream().map(LiveAnnotated::getUnit).toList());
        List<byte[]> plain = decode(
                packets.getFirst().getStream().getCodec(),
                packets.stream().map(LivePacket::getUnit).toList());
        assertThat(shown).hasSameSizeAs(plain).hasSize(packets.size());
        for (int i = 0; i < shown.size(); i++) {
            // The stand-in's box, and so its label, is in the upper left corner.
            assertThat(difference(shown.get(i), plain.get(i), 0, 0))
                    .as("corner of picture " + i)
                    .isGreaterThan(20);
            assertThat(difference(shown.get(i), plain.get(i), 240, 200))
                    .as("rest of picture " + i)
                    .isLessThan(8);
        }
    }

    private static final int WIDTH = 320;

    private static List<byte[]> decode(CodecParameters codec, List<AccessUnit> units) throws Exception {
        List<byte[]> pictures = new ArrayList<>();
        try (FrameDecoder decoder = new FfmpegDecoder().decoder(codec, "the stream");
                OpenCvScaler scaler = new OpenCvScaler()) {
            for (int i = 0; i <= units.size(); i++) {
                if (i < units.size()) {
                    decoder.send(units.get(i));
                } else {
                    decoder.drain();
                }
                while (decoder.next()) {
                    pictures.add(
                            scaler.scale(decoder.picture(PixelOrder.BGR), decoder.width(), decoder.height(), false));
                }
            }
        }
        return pictures;
    }

    /** Mean difference of bytes within a part of 60 x 16 pixels. */
    private static double difference(byte[] a, byte[] b, int left, int top) {
        long sum = 0;
        for (int y = top; y < top + 16; y++) {
            for (int x = left * 3; x < (left + 60) * 3; x++) {
                int at = y * WIDTH * 3 + x;
                sum += Math.abs((a[at] & 0xff) - (b[at] & 0xff));
            }
        }
        return sum / (16.0 * 60 * 3);
    }

    @Test
    void aModelThatDisappearsIsTheFailureOfItsStreamsUntilItIsBack() throws Exception {
        Worker worker = new Worker("w");
        List<LivePacket> packets = packets(TestVideos.H264, "a", 0);
        worker.grant(1, "a", 1);
        worker.feed(packets.subList(0, 10));
        server.unload();

        worker.feed(packets.subList(10, 20));
        await().until(() -> worker.report().getFailure().contains("no longer has model marks")
                || worker.report().getFailure().contains("model marks cannot be used"));
        assertThat(worker.results)
                .filteredOn(r -> r.getLine().toStringUtf8().contains("\"error\""))
                .isNotEmpty();
        server.repositoryModelLoad(null, new Ignored<>());
        for (int i = 20; i < packets.size(); i++) {
            worker.topic.add(packets.get(i));
            Thread.sleep(100);
        }
        worker.topic.add(LiveVideo.end(packets.getLast()));

        await().until(() -> worker.lines() + worker.missing() == packets.size());
        assertThat(worker.report().getFailure()).isEmpty();
        assertThat(worker.results.getLast().getLine().toStringUtf8()).doesNotContain("\"error\"");
    }

    private record Ignored<T>() implements io.grpc.stub.StreamObserver<T> {
        @Override
        public void onNext(T value) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {}
    }

    @Test
    void streamsShareTheServerAndEndedOnesGiveTheirMemoryBack() throws Exception {
        Worker worker = new Worker("w");
        Map<String, Assignment> grants = new HashMap<>();
        List<LivePacket> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            String job = "job-" + i;
            grants.put(
                    job,
                    new Assignment(
                            1,
                            LiveGrant.newBuilder()
                                    .setJob(job)
                                    .setModel("marks")
                                    .setStream(LiveStream.newBuilder().setEvery(10))
                                    .build()));
            all.addAll(packets(TestVideos.H264, job, 0));
        }
        all.sort((a, b) -> Double.compare(a.getUnit().getPtsMs(), b.getUnit().getPtsMs()));
        worker.lane.assign(new StreamAssignments(grants));
        all.forEach(packet -> {
            worker.topic.add(packet);
            if (worker.topic.size() > 20) {
                await().pollInterval(Duration.ofMillis(1)).until(worker.topic::isEmpty);
            }
        });

        await().until(() -> worker.lines() + worker.missing() == 50);
        assertThat(memory.used()).isPositive();
        worker.lane.assign(new StreamAssignments(Map.of()));
        await().until(() -> memory.used() == 0);
        assertThat(worker.lane.runs()).isEmpty();
    }

    /**
     * Twenty cameras of 640x360 with 10 frames a second, of which every tenth is inferred, for half a minute in real time. How many frames a
     * machine has to drop, and how late the others are, is printed; that each has its line or is counted holds on any.
     */
    @Test
    @Tag("long")
    @Timeout(120)
    void twentyStreamsOnTwoWorkersHaveALineOrAGapForEachFrame() throws Exception {
        int seconds = 30;
        Path video = Ffmpeg.make(
                folder.resolve("camera.mp4"),
                "-f lavfi -i testsrc2=s=640x360:r=10:d=" + seconds + " -c:v libopenh264 -g 20 -b:v 800k");
        List<LivePacket> packets = LiveVideo.packets(video, "", 1, 0, MODEL);
        List<Worker> workers =
                List.of(new Worker("w0", LiveLane.Waits.DEFAULT), new Worker("w1", LiveLane.Waits.DEFAULT));
        for (int w = 0; w < 2; w++) {
            Map<String, Assignment> grants = new HashMap<>();
            for (int i = 0; i < 10; i++) {
                String job = "job-" + w + "-" + i;
                grants.put(
                        job,
                        new Assignment(
                                1,
                                LiveGrant.newBuilder()
                                        .setJob(job)
                                        .setModel("marks")
                                        .setStream(LiveStream.newBuilder().setEvery(10))
                                        .build()));
            }
            workers.get(w).lane.assign(new StreamAssignments(grants));
        }
        long began = System.nanoTime();
        for (int n = 0; n < packets.size(); n++) {
            long due = began + n * 100_000_000L - System.nanoTime();
            Thread.sleep(Math.max(0, due / 1_000_000));
            for (int w = 0; w < 2; w++) {
                for (int i = 0; i < 10; i++) {
                    workers.get(w)
                            .topic
                            .add(packets.get(n).toBuilder()
                                    .setJob("job-" + w + "-" + i)
                                    .setReceivedAtMs(System.currentTimeMillis())
                                    .build());
                }
            }
        }

        await().until(() ->
                workers.stream().mapToLong(w -> w.lines() + w.missing()).sum() == 20L * seconds);
        List<Long> latencies = workers.stream()
                .flatMap(w -> w.results.stream())
                .filter(r -> !r.hasGap())
                .map(r -> r.getInferredAtMs() - r.getReceivedAtMs())
                .sorted()
                .toList();
        double coreSeconds = workers.stream()
                .flatMap(w -> w.lane.runs().stream())
                .mapToDouble(LiveRun::getCoreSeconds)
                .sum();
        System.out.printf(
                "20 streams: p50 %d ms, p95 %d ms, %d of %d frames missing, %.1f mCPU a stream, decoders %d MiB%n",
                latencies.get(latencies.size() / 2),
                latencies.get(latencies.size() * 95 / 100),
                workers.stream().mapToLong(Worker::missing).sum(),
                20 * seconds,
                coreSeconds / seconds / 20 * 1000,
                memory.used() >> 20);
        assertThat(memory.used()).isLessThanOrEqualTo(384 << 20);
        for (Worker worker : workers) {
            assertThat(worker.missing())
                    .isEqualTo(worker.lane.runs().stream()
                            .mapToLong(LiveRun::getDropped)
                            .sum());
            worker.results.stream()
                    .collect(Collectors.groupingBy(LiveResult::getJob))
                    .values()
                    .forEach(LiveLaneIT::assertRising);
        }
    }

    private List<LivePacket> packets(TestVideos kind, String job, long first) throws Exception {
        return LiveVideo.packets(kind.make(folder), job, 1, first, MODEL);
    }

    private static void assertRising(List<LiveResult> results) {
        long last = -1;
        for (LiveResult result : results) {
            // A gap has the number of the first frame behind it.
            assertThat(result.getFrame()).isGreaterThan(last);
            last = result.hasGap() ? result.getFrame() - 1 : result.getFrame();
        }
    }
}
