package io.framequota.inference.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.framequota.contract.control.AccessUnit;
import io.framequota.contract.control.LiveAnnotated;
import io.framequota.contract.control.LiveGrant;
import io.framequota.contract.control.LivePacket;
import io.framequota.contract.control.LiveResult;
import io.framequota.contract.control.ModelCard;
import io.framequota.inference.Models;
import io.framequota.inference.model.DataType;
import io.framequota.inference.model.ModelCatalog;
import io.framequota.inference.model.ModelSpec;
import io.framequota.inference.model.OutputFormat;
import io.framequota.inference.publish.StreamPublisher;
import io.framequota.inference.worker.StreamAssignments.Assignment;
import io.framequota.media.decode.ColorInfo;
import io.framequota.media.decode.DecodedPicture;
import io.framequota.media.decode.FrameDecoder;
import io.framequota.media.decode.Orientation;
import io.framequota.media.decode.PixelOrder;
import io.framequota.media.scale.PictureScaler;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stream whose decoder gives one picture of 8x8 for each packet. */
@Timeout(30)
class StreamRunTest {
    /** What the next calls of the scaler throw. */
    private final Queue<Throwable> faults = new ConcurrentLinkedQueue<>();

    private final List<LiveResult> sent = new CopyOnWriteArrayList<>();
    private final WaitingFrames waiting = new WaitingFrames(Duration.ofMinutes(1));
    private final StreamRun run = run("a", waiting, this::scaler, sent);

    @AfterEach
    void end() throws InterruptedException {
        run.end();
        run.join(Duration.ofSeconds(5));
    }

    @Test
    void aScalerThatCannotBeOpenedIsTheStreamsFailureUntilDecodingWorks() throws InterruptedException {
        faults.add(new LinkageError("no library"));

        run.start();
        await().until(() -> run.report().getFailure().equals("internal error while it was decoded"));
        begin(0, 1);

        assertThat(waiting.take().frame().meta().index()).isZero();
        assertThat(waiting.take().frame().meta().index()).isEqualTo(1);
        await().until(() -> run.report().getFailure().isEmpty());
    }

    @Test
    void aFrameThatCannotBeMadeHasALineWithAnErrorAndLaterOnesFollow() throws InterruptedException {
        run.start();
        await().until(() -> opened.get() == 1);
        faults.add(new IllegalStateException("a fault of the scaler"));

        begin(0, 1);
        StreamFrame second = waiting.take();
        run.inferred(second, List.of());

        assertThat(sent).extracting(LiveResult::getFrame).containsExactly(0L, 1L);
        assertThat(sent.getFirst().getLine().toStringUtf8())
                .contains("\"error\":\"internal error while the frame was made\"");
        assertThat(opened).as("decoding went on").hasValue(1);
        assertThat(run.report().getFailure()).isEmpty();
    }

    @Test
    void anErrorWhileAFrameIsMadeHasALineAndDecodingBeginsAgain() throws InterruptedException {
        run.start();
        await().until(() -> opened.get() == 1);
        faults.add(new LinkageError("no library"));

        begin(0);
        await().until(() -> run.report().getFailure().equals("internal error while it was decoded"));
        run.packet(packet(1));
        run.inferred(waiting.take(), List.of());

        assertThat(sent).extracting(LiveResult::getFrame).containsExactly(0L, 1L);
        assertThat(opened).hasValue(2);
    }

    private void begin(long... numbers) {
        run.caughtUp();
        for (long number : numbers) {
            run.packet(packet(number));
        }
    }

    private static LivePacket packet(long number) {
        LivePacket.Builder packet = PacketQueueTest.packet(number, true, 10).toBuilder();
        packet.getStreamBuilder()
                .setModel(ModelCard.newBuilder()
                        .setFit(ModelCard.Fit.STRETCH)
                        .setWidth(4)
                        .setHeight(4));
        return packet.build();
    }

    private final AtomicInteger opened = new AtomicInteger();

    private PictureScaler scaler() {
        fail();
        opened.incrementAndGet();
        return new PictureScaler() {
            @Override
            public byte[] scale(DecodedPicture picture, int width, int height, boolean grey) {
                fail();
                return new byte[width * height * 3];
            }

            @Override
            public byte[] scaleToJpeg(DecodedPicture picture, int width, int height, boolean grey, int quality) {
                throw new AssertionError();
            }

            @Override
            public void close() {}
        };
    }

    private void fail() {
        switch (faults.poll()) {
            case Error error -> throw error;
            case RuntimeException exception -> throw exception;
            case null, default -> {}
        }
    }

    /** A run that is not started, with model {@code m}. */
    static StreamRun run(String job, WaitingFrames waiting, PictureScaler.Factory scalers, List<LiveResult> sent) {
        LaneCounters counters = counters();
        return new StreamRun(
                "w",
                new Assignment(
                        1, LiveGrant.newBuilder().setJob(job).setModel("m").build()),
                new LiveLane.Ports(
                        () -> {
                            throw new AssertionError();
                        },
                        (_, _) -> new OnePicture(),
                        scalers,
                        new OneModel(),
                        null,
                        new Sent(sent),
                        InstantSource.system()),
                new StreamRun.Shared(
                        waiting,
                        new StreamAnnotator(counters, Duration.ofMinutes(1)),
                        new ByteBudget(1 << 20),
                        Duration.ofMinutes(1),
                        counters));
    }

    static LaneCounters counters() {
        return new LaneCounters(Tags.empty(), new SimpleMeterRegistry());
    }

    private record Sent(List<LiveResult> results) implements StreamPublisher {
        @Override
        public CompletionStage<Void> publish(LiveResult result) {
            results.add(result);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> publish(LiveAnnotated packet) {
            throw new AssertionError();
        }
    }

    private static final class OneModel implements ModelCatalog {
        private static final ModelSpec MODEL =
                Models.model(DataType.UINT8, "stretch,bgr,0-255", OutputFormat.HOG, 1L, 32L, 64L, 3L);

        @Override
        public List<ModelSpec> known() {
            return List.of(MODEL);
        }

        @Override
        public Map<String, String> unusable() {
            return Map.of();
        }

        @Override
        public Lookup find(String name, Duration patience) {
            return new Lookup.Found(MODEL);
        }
    }

    private static final class OnePicture implements FrameDecoder {
        private long pts;
        private boolean given = true;

        @Override
        public boolean next() {
            boolean has = !given;
            given = true;
            return has;
        }

        @Override
        public void send(AccessUnit packet) {
            pts = packet.getPts();
            given = false;
        }

        @Override
        public void drain() {}

        @Override
        public long pts() {
            return pts;
        }

        @Override
        public boolean key() {
            return true;
        }

        @Override
        public boolean damaged() {
            return false;
        }

        @Override
        public Orientation orientation() {
            return Orientation.UPRIGHT;
        }

        @Override
        public int width() {
            return 8;
        }

        @Override
        public int height() {
            return 8;
        }

        @Override
        public ColorInfo color() {
            return ColorInfo.BT709;
        }

        @Override
        public DecodedPicture picture(PixelOrder order) {
            return new DecodedPicture(MemorySegment.NULL, 8, 8, 24, Orientation.UPRIGHT);
        }

        @Override
        public long brokenPackets() {
            return 0;
        }

        @Override
        public void close() {}
    }
}
