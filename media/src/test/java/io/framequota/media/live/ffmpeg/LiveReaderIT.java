package io.framequota.media.live.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.contract.control.AccessUnit;
import io.framequota.contract.control.CodecParameters;
import io.framequota.media.decode.DecodeMemoryBudget;
import io.framequota.media.decode.FrameDecoder;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.SourceLimits;
import io.framequota.media.decode.ffmpeg.FfmpegDecoder;
import io.framequota.media.live.LiveReader;
import io.framequota.media.testing.Ffmpeg;
import io.framequota.media.testing.TestVideos;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pushed streams, as encoders send them and as networks spoil them. */
@Timeout(120)
class LiveReaderIT {
    private static final String H264 = "-f lavfi -i testsrc2=s=320x240:r=10:d=4 -c:v libopenh264 -g 10 -b:v 300k";

    @TempDir
    Path folder;

    /** @param pts in milliseconds */
    private record Packet(
            long pts, double ms, boolean key, boolean changed, CodecParameters parameters, AccessUnit unit) {}

    private final List<String> warnings = new ArrayList<>();
    private double fps;

    private List<Packet> read(InputStream flv) throws SourceException {
        List<Packet> packets = new ArrayList<>();
        try (LiveReader reader = open(flv)) {
            fps = reader.info().fps();
            while (reader.next()) {
                AccessUnit unit = reader.unit().build();
                packets.add(new Packet(
                        unit.getPts(),
                        unit.getPtsMs(),
                        unit.getKey(),
                        reader.parametersChanged(),
                        reader.parameters(),
                        unit));
            }
            warnings.addAll(reader.warnings());
        }
        return packets;
    }

    private static LiveReader open(InputStream flv) throws SourceException {
        return new FfmpegLiveReaders(SourceLimits.DEFAULT, new NoNetwork()).open(new LiveReader.Input.Pushed(flv));
    }

    private List<Packet> read(List<FlvFile.Tag> tags) throws SourceException {
        return read(new ByteArrayInputStream(FlvFile.bytes(tags)));
    }

    private List<FlvFile.Tag> make(String arguments) throws Exception {
        return FlvFile.read(Ffmpeg.make(folder.resolve("made.flv"), arguments + " -f flv"));
    }

    private static List<FlvFile.Tag> moved(List<FlvFile.Tag> tags, UnaryOperator<FlvFile.Tag> move) {
        return tags.stream().map(move).toList();
    }

    private static List<Long> shown(List<Packet> packets) {
        return packets.stream().map(Packet::pts).sorted().toList();
    }

    private static List<Long> everyTenth(int number) {
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            times.add(i * 100L);
        }
        return times;
    }

    @Test
    void readsPicturesOfAnEncoderWithSound() throws Exception {
        List<Packet> packets = read(make("-f lavfi -i sine=d=4 " + H264 + " -map 0 -map 1 -c:a aac"));

        assertThat(shown(packets)).isEqualTo(everyTenth(40));
        assertThat(packets.getFirst().key()).isTrue();
        assertThat(packets.getFirst().parameters().getWidth()).isEqualTo(320);
        assertThat(packets.getFirst().parameters().getHeight()).isEqualTo(240);
        assertThat(packets).noneMatch(Packet::changed);
        assertThat(fps).isBetween(9.5, 10.5);
        assertThat(warnings).isEmpty();
        assertThat(decoded(packets)).isEqualTo(40);
    }

    @Test
    void keepsTheOrderOfReorderedPictures() throws Exception {
        Path video = TestVideos.H264_OPEN_GROUPS.make(folder);
        List<Packet> packets = read(make("-i " + video + " -c copy"));

        assertThat(packets.stream().map(Packet::pts).toList()).isNotEqualTo(shown(packets));
        assertThat(shown(packets)).doesNotHaveDuplicates().first().isEqualTo(0L);
        assertThat(packets).hasSize((int) Ffmpeg.count(video));
        assertThat(warnings).isEmpty();
        assertThat(decoded(packets)).isEqualTo(packets.size());
    }

    @Test
    void leavesOutPicturesThatNeedsOthersBeforeTheFirstKeyPicture() throws Exception {
        Path video = TestVideos.H264_OPEN_GROUPS.make(folder);
        List<FlvFile.Tag> tags = make("-i " + video + " -c copy");
        int second = 0;
        for (int i = 0, keys = 0; i < tags.size() && keys < 2; i++) {
            keys += tags.get(i).isKey() ? 1 : 0;
            second = i;
        }
        List<FlvFile.Tag> late = new ArrayList<>(
                tags.stream().filter(FlvFile.Tag::isConfiguration).toList());
        late.addAll(tags.subList(second - 3, tags.size()));

        List<Packet> packets = read(late);

        assertThat(packets.getFirst().key()).isTrue();
        assertThat(shown(packets)).first().isEqualTo(0L);
        assertThat(warnings).singleElement().asString().contains("before the first key picture");
        assertThat(decoded(packets)).isEqualTo(packets.size());
    }

    @Test
    void readsHevcAndAv1ByEnhancedRtmp() throws Exception {
        Path hevc = TestVideos.HEVC_OPEN_GROUPS.make(folder);
        List<Packet> packets = read(make("-i " + hevc + " -c copy"));
        assertThat(packets.getFirst().parameters().getCodec()).isEqualTo("hevc");
        assertThat(packets).hasSize((int) Ffmpeg.count(hevc));
        assertThat(packets.getFirst().parameters().getWidth()).isPositive();
        assertThat(decoded(packets)).isEqualTo(packets.size());

        Path av1 = TestVideos.AV1.make(folder);
        List<Packet> other = read(make("-i " + av1 + " -c copy"));
        assertThat(other.getFirst().parameters().getCodec()).isEqualTo("av1");
        assertThat(other.getFirst().parameters().getWidth()).isEqualTo(320);
        assertThat(decoded(other)).isEqualTo(25);
    }

    @Test
    void namesTheCodecThatCannotBeDecodedAndWhatToSet() throws Exception {
        List<FlvFile.Tag> tags = make("-f lavfi -i testsrc2=s=320x240:r=10:d=1 -c:v flashsv");

        assertThatThrownBy(() -> read(tags))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("flashsv")
                .hasMessageContaining("set H.264 in the encoder (OBS: Settings, Output, Video Encoder");
    }

    @Test
    void continuesTimesThatWrapJumpOrBeginAnywhere() throws Exception {
        List<FlvFile.Tag> tags = make(H264);

        for (long begin : new long[] {1_234_567, (1L << 24) - 2050, (1L << 31) - 2050, (1L << 32) - 2050}) {
            assertThat(shown(read(moved(tags, t -> t.at(t.time() + begin & 0xFFFFFFFFL)))))
                    .as("beginning at %d", begin)
                    .isEqualTo(everyTenth(40));
        }
        long bits24 = (1L << 24) - 2050;
        assertThat(shown(read(moved(tags, t -> t.at(t.time() + bits24 & 0xFFFFFF)))))
                .isEqualTo(everyTenth(40));
        assertThat(warnings).contains("the stream's clock wrapped around once; times go on");
        assertThat(shown(read(moved(tags, t -> t.at(t.time() < 2000 ? t.time() + 70_000 : t.time() - 2000)))))
                .isEqualTo(everyTenth(40));
        assertThat(warnings).contains("the stream's clock jumped back once; times go on");
        assertThat(shown(read(moved(tags, t -> t.at(t.time() < 2000 ? t.time() : t.time() + 70_000)))))
                .isEqualTo(everyTenth(40));
        assertThat(shown(read(moved(tags, t -> t.at(t.time() % 300 == 0 && t.time() > 0 ? t.time() - 110 : t.time())))))
                .doesNotHaveDuplicates()
                .hasSize(40);
    }

    @Test
    void reportsAnotherSizeWithTheKeyPictureThatBringsIt() throws Exception {
        List<FlvFile.Tag> all = new ArrayList<>(make(H264));
        List<FlvFile.Tag> larger = make(H264.replace("320x240", "640x360"));
        all.addAll(moved(larger, t -> t.at(t.time() + 4000)));

        List<Packet> packets = read(all);

        assertThat(packets.stream().filter(Packet::changed)).singleElement().satisfies(p -> {
            assertThat(p.key()).isTrue();
            assertThat(p.ms()).isEqualTo(4000);
            assertThat(p.parameters().getWidth()).isEqualTo(640);
            assertThat(p.parameters().getHeight()).isEqualTo(360);
        });
        assertThat(packets.get(39).parameters().getWidth()).isEqualTo(320);
        assertThat(packets).hasSize(80);
        assertThat(decoded(packets)).isEqualTo(80);
    }

    @Test
    void takesARepeatedConfigurationForNoChange() throws Exception {
        List<FlvFile.Tag> all = new ArrayList<>(make(H264));
        all.addAll(moved(List.copyOf(all), t -> t.at(t.time() + 4000)));

        assertThat(read(all)).hasSize(80).noneMatch(Packet::changed);
    }

    @Test
    void waitsForVideoThatComesLate() throws Exception {
        List<FlvFile.Tag> tags =
                make("-f lavfi -i sine=d=6 -f lavfi -i testsrc2=s=320x240:r=10:d=2 -c:a aac -c:v libopenh264"
                        + " -filter:v setpts=PTS+3/TB -map 0 -map 1 -g 10");
        assertThat(tags.stream()
                        .filter(FlvFile.Tag::isPicture)
                        .findFirst()
                        .orElseThrow()
                        .time())
                .isGreaterThan(2000);

        assertThat(shown(read(tags))).isEqualTo(everyTenth(20));
    }

    @Test
    void saysThatOnlySoundCame() throws Exception {
        List<FlvFile.Tag> tags = make("-f lavfi -i sine=d=2 -c:a aac");

        assertThatThrownBy(() -> read(tags))
                .isInstanceOf(SourceException.class)
                .hasMessage(
                        "the pushed stream ended before its first key picture; it sends sound only: switch the video on in"
                                + " the encoder");
    }

    @Test
    void saysThatAStreamNeverShowedAKeyPicture() throws Exception {
        List<FlvFile.Tag> tags = make(H264).stream().filter(t -> !t.isKey()).toList();

        assertThatThrownBy(() -> read(tags)).isInstanceOf(SourceException.class).hasMessageContaining("key picture");
    }

    @Test
    void givesUpOnAStreamThatGoesOnWithoutAKeyPictureOrAVideo() throws Exception {
        FfmpegLiveReader.Patience impatient =
                new FfmpegLiveReader.Patience(Duration.ofSeconds(1), Duration.ofSeconds(2));
        LiveReader.Factory readers = new FfmpegLiveReaders(SourceLimits.DEFAULT, new NoNetwork(), impatient);
        List<FlvFile.Tag> withoutKeys =
                make(H264).stream().filter(t -> !t.isKey()).toList();
        List<FlvFile.Tag> sound = make("-f lavfi -i sine=d=4 -c:a aac");

        assertThatThrownBy(() -> readers.open(new LiveReader.Input.Pushed(slowly(withoutKeys))))
                .isInstanceOf(SourceException.class)
                .hasMessage(
                        "the pushed stream showed no key picture within 2 s; set a key frame every 2 s in the encoder (OBS:"
                                + " Settings, Output, Keyframe Interval)");
        assertThatThrownBy(() -> readers.open(new LiveReader.Input.Pushed(slowly(sound))))
                .isInstanceOf(SourceException.class)
                .hasMessage("the pushed stream sends sound only; switch the video on in the encoder");
    }

    /** Tags in about real time, as an encoder sends them. */
    private static InputStream slowly(List<FlvFile.Tag> tags) {
        List<byte[]> parts = new ArrayList<>(List.of(FlvFile.header()));
        tags.forEach(t -> parts.add(FlvFile.bytes(t)));
        return new InputStream() {
            private final java.util.Iterator<byte[]> next = parts.iterator();
            private InputStream part = InputStream.nullInputStream();

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                int read = part.read(into, offset, length);
                if (read >= 0) {
                    return read;
                }
                if (!next.hasNext()) {
                    return -1;
                }
                try {
                    Thread.sleep(80);
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                part = new ByteArrayInputStream(next.next());
                return part.read(into, offset, length);
            }
        };
    }

    @Test
    void readsTheFirstOfTwoVideos() throws Exception {
        List<FlvFile.Tag> tags = make(
                "-f lavfi -i testsrc2=s=320x240:r=10:d=2 -f lavfi -i testsrc2=s=640x360:r=10:d=2 -map 0 -map 1 -c:v libopenh264"
                        + " -g 10");

        List<Packet> packets = read(tags);

        assertThat(shown(packets)).isEqualTo(everyTenth(20));
        assertThat(packets).allMatch(p -> p.parameters().getWidth() == 320);
        assertThat(warnings).contains("the stream has 2 videos; the first one is read");
    }

    @Test
    void handsOutTheFirstPacketWhileTheStreamGoesOn() throws Exception {
        List<FlvFile.Tag> tags = make(H264);
        try (PipedOutputStream out = new PipedOutputStream();
                PipedInputStream in = new PipedInputStream(out, 1 << 20)) {
            out.write(FlvFile.header());
            for (FlvFile.Tag tag : tags.subList(0, 12)) {
                out.write(FlvFile.bytes(tag));
            }
            out.flush();
            try (LiveReader reader = open(in)) {
                assertThat(reader.next()).isTrue();
                assertThat(reader.unit().getKey()).isTrue();
            }
        }
    }

    @Test
    void endsAReadThatWaitsWhenItIsClosed() throws Exception {
        List<FlvFile.Tag> tags = make(H264);
        PipedOutputStream out = new PipedOutputStream();
        PipedInputStream in = new PipedInputStream(out, 1 << 20);
        out.write(FlvFile.bytes(tags.subList(0, 20)));
        LiveReader reader = open(new WakingInput(in));
        Thread closer = Thread.ofPlatform().start(() -> {
            try {
                Thread.sleep(1000);
            } catch (InterruptedException e) {
                return;
            }
            reader.close();
        });

        assertThatThrownBy(() -> {
                    while (reader.next()) {
                        assertThat(reader.unit().getPts()).isLessThan(4000);
                    }
                })
                .isInstanceOf(SourceException.class)
                .hasMessage("the pushed stream was closed");
        closer.join(Duration.ofSeconds(10));
        assertThat(closer.isAlive()).isFalse();
    }

    @Test
    void endsWhenItsThreadIsInterrupted() throws Exception {
        PipedInputStream in = new PipedInputStream(new PipedOutputStream(), 1 << 20);
        List<String> said = new ArrayList<>();
        Thread reading = Thread.ofPlatform().start(() -> {
            try (LiveReader reader = open(new WakingInput(in))) {
                said.add("opened " + reader.info());
            } catch (SourceException e) {
                said.add(e.getMessage() + Thread.currentThread().isInterrupted());
            }
        });
        Thread.sleep(500);
        reading.interrupt();
        reading.join(Duration.ofSeconds(10));

        assertThat(said).containsExactly("the pushed stream was closedtrue");
    }

    @Test
    void saysWhyAConnectionBroke() throws Exception {
        byte[] bytes = FlvFile.bytes(make(H264));
        InputStream breaks = new InputStream() {
            private int at;

            @Override
            public int read() throws IOException {
                if (at == bytes.length / 2) {
                    throw new IOException("the publisher sent nothing for 10 s");
                }
                return bytes[at++] & 0xFF;
            }
        };

        assertThatThrownBy(() -> read(breaks))
                .isInstanceOf(SourceException.class)
                .hasMessage("the pushed stream was lost: the publisher sent nothing for 10 s");
    }

    @Test
    void survivesBytesThatAreNoVideo() throws Exception {
        List<FlvFile.Tag> tags = make(H264);
        for (int seed = 0; seed < 40; seed++) {
            byte[] bytes = FlvFile.bytes(tags);
            java.util.Random random = new java.util.Random(seed);
            for (int i = 0; i < 60; i++) {
                bytes[13 + random.nextInt(bytes.length - 13)] = (byte) random.nextInt();
            }
            try {
                assertThat(read(new ByteArrayInputStream(bytes)).size()).isLessThan(200);
            } catch (SourceException e) {
                assertThat(e.getMessage()).doesNotContain("\n").startsWith("the pushed stream");
            }
        }
    }

    /** A pipe whose reader is woken when it is closed, as a socket's is. */
    private static final class WakingInput extends java.io.FilterInputStream {
        private volatile boolean closed;

        WakingInput(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            while (in.available() == 0) {
                if (closed) {
                    throw new IOException("closed");
                }
                try {
                    Thread.sleep(20);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException(e);
                }
            }
            return in.read(into, offset, Math.min(length, in.available()));
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** Number of pictures that a decoder makes of the packets, told about every change. Their times rise. */
    private static int decoded(List<Packet> packets) throws Exception {
        List<Long> times = new ArrayList<>();
        FfmpegDecoder decoders = new FfmpegDecoder(SourceLimits.DEFAULT, new DecodeMemoryBudget(1L << 30));
        FrameDecoder decoder = decoders.decoder(packets.getFirst().parameters(), "test");
        try {
            for (Packet packet : packets) {
                if (packet.changed()) {
                    decoder.drain();
                    collect(decoder, times);
                    decoder.close();
                    decoder = decoders.decoder(packet.parameters(), "test");
                }
                decoder.send(packet.unit());
                collect(decoder, times);
            }
            decoder.drain();
            collect(decoder, times);
            assertThat(decoder.brokenPackets()).isZero();
        } finally {
            decoder.close();
        }
        assertThat(times).isSorted().doesNotHaveDuplicates();
        return times.size();
    }

    private static void collect(FrameDecoder decoder, List<Long> times) {
        while (decoder.next()) {
            assertThat(decoder.damaged()).isFalse();
            times.add(decoder.pts());
        }
    }
}
