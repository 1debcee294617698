package io.framequota.ingest.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.framequota.contract.control.AccessUnit;
import io.framequota.contract.control.ModelCard;
import io.framequota.contract.control.PacketBatch;
import io.framequota.contract.control.PacketStream;
import io.framequota.contract.frame.PacketMeta;
import io.framequota.ingest.chunk.ChunkWriter.OpenChunk;
import io.framequota.ingest.chunk.ChunkWriter.Place;
import io.framequota.ingest.testing.Await;
import io.framequota.ingest.testing.TestConfig;
import io.framequota.media.decode.DecodeMemoryBudget;
import io.framequota.media.decode.DecodedPicture;
import io.framequota.media.decode.FrameCursor;
import io.framequota.media.decode.FrameDecoder;
import io.framequota.media.decode.PacketReader;
import io.framequota.media.decode.PixelOrder;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.VideoDecoder;
import io.framequota.media.decode.VideoInfo;
import io.framequota.media.decode.ffmpeg.FfmpegDecoder;
import io.framequota.media.scale.opencv.OpenCvScaler;
import io.framequota.media.testing.Ffmpeg;
import io.framequota.media.testing.TestVideos;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every kind of video is cut into chunks of packets. Decoded chunk by chunk, in any order, these give the frames that a decoder of
 * the whole video gives: same indices, times and pixels, each once.
 */
class PacketsIT {
    private static final ModelCard MODEL =
            ModelCard.newBuilder().setFit(ModelCard.Fit.NATIVE).build();
    private static final ChunkLimits LIMITS = new ChunkLimits(8, 1 << 20);
    private static final int LONGEST_GROUP = 250;

    /** Kinds whose frames travel as pixels, with the reason. */
    private static final Map<TestVideos, String> PIXELS = Map.of(
            TestVideos.B_FRAMES_WITHOUT_TIMES, "the container states no time",
            TestVideos.NEGATIVE_START, "the container states no time",
            TestVideos.ODD_SIZE, "packets of codec ffv1 were not tested",
            TestVideos.GIF, "packets of codec gif were not tested",
            TestVideos.TRUNCATED, "the container marks a packet as broken");

    /** Kinds whose chunks may decode to other frames than announced, which a worker notices. */
    private static final Set<TestVideos> DAMAGED =
            Set.of(TestVideos.DAMAGED_IN_THE_MIDDLE, TestVideos.TRUNCATED_WITHOUT_A_COUNT, TestVideos.SIZE_CHANGES);

    @TempDir
    Path folder;

    private final FfmpegDecoder decoder = new FfmpegDecoder();
    private final DecodeMemoryBudget packetMemory = new DecodeMemoryBudget(8 << 20);
    private final TransportProbe probe = new TransportProbe(decoder, TestConfig.defaults());

    private record Seen(long index, double ptsMs, long pixels) {}

    @ParameterizedTest
    @EnumSource
    void packetsGiveTheFramesOfTheWholeVideo(TestVideos kind) throws Exception {
        Path video = kind.make(folder);

        String why = why(video, 1, LONGEST_GROUP);

        if (PIXELS.containsKey(kind)) {
            assertThat(why).contains(PIXELS.get(kind));
            return;
        }
        assertThat(why).isEmpty();
        assertSameFrames(video, 1, DAMAGED.contains(kind));
        assertSameFrames(video, 3, DAMAGED.contains(kind));
    }

    @Test
    void aTransportStreamThatBeginsWithinAGroupTravelsAsPixels() throws Exception {
        byte[] whole = Files.readAllBytes(TestVideos.OPEN_GOP.make(folder));
        Path cut = Files.write(folder.resolve("cut.ts"), Arrays.copyOfRange(whole, 188 * 200, whole.length));

        assertThat(why(cut, 1, LONGEST_GROUP)).isNotEmpty();
    }

    @Test
    void groupsThatAreTooLongForAGrantAreFoundByTheProbe() throws Exception {
        Path video = TestVideos.ONE_KEY_FRAME.make(folder);

        assertThat(why(video, 1, 75)).isEmpty();
        assertThat(why(video, 1, 74)).contains("more than 74 frames", "FRAMEQUOTA_GRANT_SECONDS");
        assertThat(why(video, 10, 20)).isEmpty();
    }

    @Test
    void aLostChunkIsReadAndWrittenAgainAndKnownChunksAreSkipped() throws Exception {
        Path video = TestVideos.HEVC_OPEN_GROUPS.make(folder);
        Recording whole = new Recording(-1);
        whole.publish(video, 1, Set.of());
        int chunks = whole.chunks.size();
        assertThat(chunks).isGreaterThan(3);

        Recording lossy = new Recording(1);
        ChunkingSummary summary = lossy.publish(video, 1, Set.of());
        Recording rest = new Recording(-1);
        rest.publish(video, 1, Set.of(0, 2));

        assertThat(summary.chunks()).isEqualTo(chunks);
        assertThat(lossy.chunks).isEqualTo(whole.chunks);
        whole.chunks.keySet().removeAll(Set.of(0, 2));
        assertThat(rest.chunks).isEqualTo(whole.chunks);
    }

    /** A read error on a later pass costs no chunk that an earlier pass has written: its result may have been shown. */
    @Test
    void anIrregularPacketOfAKnownChunkLeavesKnownChunksAsTheyAre() throws Exception {
        Path video = TestVideos.HEVC_OPEN_GROUPS.make(folder);
        Recording whole = new Recording(-1);
        whole.publish(video, 1, Set.of());
        Recording later = new Recording(-1);
        later.readErrorAtPacket = whole.packets(0) / 2;

        assertThat(later.cut(video, 1, Set.of())).isZero();
        assertThat(later.cut(video, 1, Set.of(0))).isEqualTo(1);
        assertThat(later.cut(video, 1, Set.of(0, 1, 3))).isEqualTo(2);
        assertThat(later.written).isEmpty();
    }

    /** Packets of 256 KiB and more take memory that all passes share. A pass that waits for it holds neither a chunk nor a packet. */
    @Test
    void largePacketsWaitForMemoryBeforeTheirChunkIsBegun() throws Exception {
        Path video = Ffmpeg.make(
                folder.resolve("noise.mov"),
                "-f lavfi -i color=gray:s=1280x720:r=5:d=2 -vf noise=alls=100:allf=t -c:v mjpeg -q:v 2");
        Recording whole = new Recording(-1);
        whole.publish(video, 1, Set.of());
        Recording waiting = new Recording(-1);
        DecodeMemoryBudget.Share others = packetMemory.take(packetMemory.total(), "others");
        Thread pass = Thread.ofPlatform().start(() -> {
            try {
                waiting.publish(video, 1, Set.of());
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });

        Await.until("the pass waits", () -> pass.getState() == Thread.State.TIMED_WAITING);
        assertThat(waiting.open.get()).isZero();
        others.close();
        pass.join();

        assertThat(waiting.chunks).isEqualTo(whole.chunks).isNotEmpty();
        assertThat(packetMemory.used()).isZero();
    }

    private String why(Path video, int every, int longestGroup) throws Exception {
        return probe.whyPixels(video, VideoDecoder.ANY_STREAM, every, LIMITS, longestGroup);
    }

    private void assertSameFrames(Path video, int every, boolean damaged) throws Exception {
        List<Seen> all = all(video);
        Recording recording = new Recording(-1);
        int cut = recording.cut(video, every, Set.of());
        assertThat(cut).isIn(-1, recording.chunks.size());
        long next = 0;
        boolean regular = true;
        for (Map.Entry<Integer, List<PacketBatch>> chunk : recording.chunks.entrySet()) {
            WrittenChunk written = recording.written.get(chunk.getKey());
            List<AccessUnit> units = chunk.getValue().stream()
                    .flatMap(b -> b.getUnitsList().stream())
                    .toList();
            List<AccessUnit> owned = units.stream()
                    .filter(u -> u.getFrame() >= 0)
                    .sorted(java.util.Comparator.comparingLong(AccessUnit::getFrame))
                    .toList();
            for (AccessUnit unit : owned) {
                assertThat(unit.getFrame()).as("each frame once").isEqualTo(next++);
                assertThat(unit.getInfer()).isEqualTo(unit.getFrame() % every == 0);
            }
            List<AccessUnit> inferred =
                    owned.stream().filter(AccessUnit::getInfer).toList();
            assertThat(written.chunk().getFrames()).isEqualTo(inferred.size()).isPositive();
            assertThat(written.chunk().getFirstFrame())
                    .isEqualTo(inferred.getFirst().getFrame());
            assertThat(written.firstPtsMs()).isEqualTo(inferred.getFirst().getPtsMs());
            PacketStream stream = chunk.getValue().getFirst().getStream();
            List<Seen> seen = decoded(stream, units);
            regular &= seen.size() == owned.size();
            if (regular) {
                assertThat(seen).isEqualTo(all.subList((int) (next - owned.size()), (int) next));
            }
        }
        if (!damaged) {
            assertThat(regular).as("what was announced came").isTrue();
            assertThat(cut).as("nothing is irregular").isEqualTo(-1);
        }
        if (regular && cut < 0) {
            long uninferred = (all.size() - 1) % every;
            assertThat(next).isBetween(all.size() - uninferred, (long) all.size());
        }
    }

    /** The frames that a chunk owns, decoded as a worker does, up to the first damage. */
    private List<Seen> decoded(PacketStream stream, List<AccessUnit> units) throws Exception {
        Map<Long, AccessUnit> owned = new TreeMap<>();
        units.stream().filter(u -> u.getFrame() >= 0).forEach(u -> owned.put(u.getPts(), u));
        List<Seen> seen = new ArrayList<>();
        try (FrameDecoder frames = decoder.decoder(stream.getCodec(), "chunk")) {
            for (AccessUnit unit : units) {
                frames.send(unit);
                take(frames, owned, seen);
            }
            frames.drain();
            take(frames, owned, seen);
        }
        return seen;
    }

    private static void take(FrameDecoder frames, Map<Long, AccessUnit> owned, List<Seen> seen) {
        while (frames.next()) {
            AccessUnit unit = owned.get(frames.pts());
            if (unit != null && !frames.damaged()) {
                seen.add(new Seen(unit.getFrame(), unit.getPtsMs(), checksum(frames.picture(PixelOrder.BGR))));
            }
        }
    }

    private List<Seen> all(Path video) throws Exception {
        List<Seen> seen = new ArrayList<>();
        try (FrameCursor cursor = FrameCursor.open(decoder, video)) {
            while (cursor.next()) {
                seen.add(new Seen(cursor.index(), cursor.ptsMs(), checksum(cursor.picture(PixelOrder.BGR))));
            }
        }
        return seen;
    }

    private static long checksum(DecodedPicture picture) {
        CRC32 crc = new CRC32();
        byte[] row = new byte[picture.width() * 3];
        for (int y = 0; y < picture.height(); y++) {
            MemorySegment.copy(
                    picture.pixels(), ValueLayout.JAVA_BYTE, (long) y * picture.stride(), row, 0, row.length);
            crc.update(row);
        }
        return crc.getValue();
    }

    /** Keeps what is written; the chunk of one index is lost the first time. */
    private final class Recording implements ChunkWriter, ChunkRecorder {
        final Map<Integer, List<PacketBatch>> chunks = new TreeMap<>();
        final Map<Integer, WrittenChunk> written = new TreeMap<>();
        private final AtomicInteger open = new AtomicInteger();
        private int lost;

        /** Number of the packet at which a read error comes up, 0 for none. */
        private int readErrorAtPacket;

        Recording(int lost) {
            this.lost = lost;
        }

        int packets(int chunk) {
            return chunks.get(chunk).stream()
                    .mapToInt(PacketBatch::getUnitsCount)
                    .sum();
        }

        private PacketReader packets(Path video, int stream) throws SourceException {
            PacketReader packets = decoder.packets(video, stream);
            AtomicInteger read = new AtomicInteger();
            return (PacketReader) Proxy.newProxyInstance(
                    PacketReader.class.getClassLoader(), new Class<?>[] {PacketReader.class}, (p, method, values) -> {
                        if (method.getName().equals("next")) {
                            read.incrementAndGet();
                        }
                        return method.getName().equals("readErrors") && read.get() == readErrorAtPacket
                                ? 1L
                                : method.invoke(packets, values);
                    });
        }

        ChunkingSummary publish(Path video, int every, Set<Integer> skip) throws Exception {
            ChunkingRequest request = new ChunkingRequest(
                    "j",
                    video,
                    MODEL,
                    every,
                    LIMITS,
                    null,
                    skip,
                    List.of(),
                    VideoDecoder.ANY_STREAM,
                    true,
                    Optional.empty(),
                    LONGEST_GROUP);
            return new ChunkPipeline(decoder, this::packets, OpenCvScaler::new, this, PixelTransport.RAW, packetMemory)
                    .publish(request, new UnlimitedRoom(), this);
        }

        /** Publishes a video; returns the first chunk that cannot be cut, -1 for none. */
        int cut(Path video, int every, Set<Integer> skip) throws Exception {
            try {
                ChunkingSummary summary = publish(video, every, skip);
                assertThat(summary.chunks()).isEqualTo(chunks.size());
                return -1;
            } catch (LeavePacketsException e) {
                return e.chunk();
            }
        }

        @Override
        public OpenChunk begin(String job, java.util.function.BooleanSupplier stopped) {
            open.incrementAndGet();
            AtomicBoolean ended = new AtomicBoolean();
            List<PacketBatch> batches = new ArrayList<>();
            int[] index = {-1};
            return new OpenChunk() {
                @Override
                public long add(Map<String, byte[]> headers, byte[] value) {
                    PacketMeta meta = PacketMeta.fromHeaders(headers::get);
                    index[0] = meta.chunk();
                    assertThat(meta.sequence()).isEqualTo(batches.size());
                    try {
                        PacketBatch batch = PacketBatch.parseFrom(value);
                        assertThat(batch.hasStream()).isEqualTo(batches.isEmpty());
                        assertThat(value.length < 2 * PacketLoop.BATCH_BYTES || batch.getUnitsCount() == 1)
                                .isTrue();
                        batches.add(batch);
                    } catch (InvalidProtocolBufferException e) {
                        throw new AssertionError(e);
                    }
                    return 0;
                }

                @Override
                public void end() {
                    if (ended.compareAndSet(false, true)) {
                        open.decrementAndGet();
                    }
                }

                @Override
                public boolean isSettled() {
                    return true;
                }

                @Override
                public Place await() throws ChunkLostException {
                    if (index[0] == lost) {
                        lost = -1;
                        throw new ChunkLostException("lost");
                    }
                    chunks.put(index[0], batches);
                    return new Place(0, 0, batches.size() - 1);
                }
            };
        }

        @Override
        public void opened(VideoInfo info) {}

        @Override
        public void written(WrittenChunk chunk, ChunkRoom.Reservation room) {
            written.put(chunk.chunk().getIndex(), chunk);
            room.close();
        }

        @Override
        public boolean stopped() {
            return false;
        }
    }
}
