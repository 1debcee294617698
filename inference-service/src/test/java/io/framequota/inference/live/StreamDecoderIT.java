package io.framequota.inference.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.framequota.contract.control.LivePacket;
import io.framequota.contract.control.ModelCard;
import io.framequota.contract.control.PacketStream;
import io.framequota.inference.decode.FrameScaler;
import io.framequota.inference.intake.Frame;
import io.framequota.inference.testing.LiveVideo;
import io.framequota.inference.testing.PacketChunks;
import io.framequota.media.decode.DecodeMemoryBudget;
import io.framequota.media.decode.FrameDecoder;
import io.framequota.media.decode.SourceLimits;
import io.framequota.media.decode.ffmpeg.FfmpegDecoder;
import io.framequota.media.scale.opencv.OpenCvScaler;
import io.framequota.media.testing.Ffmpeg;
import io.framequota.media.testing.TestVideos;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** With FFmpeg's decoders, one packet after the other. */
class StreamDecoderIT {
    private static final ModelCard MODEL = ModelCard.newBuilder()
            .setFit(ModelCard.Fit.STRETCH)
            .setWidth(64)
            .setHeight(48)
            .build();

    @TempDir
    Path folder;

    private final DecodeMemoryBudget memory = new DecodeMemoryBudget(384 << 20);
    private final Collected out = new Collected();
    private final StreamDecoder decoder =
            new StreamDecoder(new FfmpegDecoder(SourceLimits.DEFAULT, memory).ofStreams(), "the stream", out);

    /** Checks that every number comes once, in order. */
    private static final class Collected implements StreamDecoder.Sink {
        final TreeMap<Long, Frame> pictures = new TreeMap<>();
        final List<StreamDecoder.Loss> losses = new ArrayList<>();
        final List<String> failures = new ArrayList<>();
        private final OpenCvScaler scaler = new OpenCvScaler();
        private FrameScaler frames = new FrameScaler("j", 0, PacketStream.getDefaultInstance(), scaler);
        private long next = -1;
        private double ms = -1;

        @Override
        public void opened(PacketStream stream) {
            frames = new FrameScaler("j", 0, stream, scaler);
        }

        @Override
        public void picture(StreamDecoder.Picture picture, FrameDecoder decoder) {
            follow(picture.number());
            next++;
            assertThat(picture.ptsMs()).isGreaterThan(ms);
            ms = picture.ptsMs();
            pictures.put(picture.number(), frames.frame(decoder, picture.number(), picture.ptsMs(), false, ""));
        }

        @Override
        public void lost(StreamDecoder.Loss loss) {
            follow(loss.from());
            next = loss.until();
            losses.add(loss);
        }

        private void follow(long number) {
            if (next >= 0) {
                assertThat(number).isEqualTo(next);
            }
            next = number;
        }

        @Override
        public void failed(String cause) {
            failures.add(cause);
        }

        long lost() {
            return losses.stream().mapToLong(l -> l.until() - l.from()).sum();
        }
    }

    @AfterEach
    void close() {
        decoder.close();
        out.scaler.close();
        assertThat(memory.used()).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "H264",
                "B_FRAMES",
                "OPEN_GOP",
                "H264_OPEN_GROUPS",
                "HEVC_OPEN_GROUPS",
                "VARIABLE_FRAME_RATE",
                "AV1",
                "VP9",
                "ONE_KEY_FRAME"
            })
    void everyPacketIsOnePictureWithItsNumber(TestVideos kind) throws Exception {
        Path video = kind.make(folder);
        List<LivePacket> packets = LiveVideo.packets(video, "j", 1, 0, MODEL);

        packets.forEach(p -> decoder.accept(p, false));
        decoder.accept(LiveVideo.end(packets.getLast()), false);

        assertThat(out.losses).isEmpty();
        assertSame(new PacketChunks(video, MODEL, 1).frames("j"), 0, 0);
        assertThat(out.pictures).hasSize(packets.size());
    }

    @ParameterizedTest
    @EnumSource(names = {"H264", "B_FRAMES", "OPEN_GOP", "H264_OPEN_GROUPS", "HEVC_OPEN_GROUPS"})
    void whoBeginsAtALaterKeyPictureGivesTheSameNumbers(TestVideos kind) throws Exception {
        Path video = kind.make(folder);
        List<LivePacket> packets = LiveVideo.packets(video, "j", 1, 1000, MODEL);
        int key = keys(packets).get(1);

        packets.subList(key - 3, packets.size()).forEach(p -> decoder.accept(p, false));
        decoder.accept(LiveVideo.end(packets.getLast()), false);

        assertSame(new PacketChunks(video, MODEL, 1).frames("j"), 1000, out.pictures.firstKey());
        assertThat(out.pictures.firstKey()).isBetween(1000L + key, 1000L + key + 3);
        assertThat(out.pictures.lastKey()).isEqualTo(1000 + packets.size() - 1);
    }

    @ParameterizedTest
    @EnumSource(names = {"H264", "B_FRAMES", "H264_OPEN_GROUPS", "HEVC_OPEN_GROUPS"})
    void afterABrokenPacketItGoesOnAtTheNextKeyPicture(TestVideos kind) throws Exception {
        Path video = kind.make(folder);
        List<LivePacket> packets = new ArrayList<>(LiveVideo.packets(video, "j", 1, 0, MODEL));
        List<Integer> keys = keys(packets);
        int broken = keys.get(1) + 2;
        byte[] noise = new byte[packets.get(broken).getUnit().getData().size()];
        java.util.Arrays.fill(noise, (byte) 0x55);
        LivePacket.Builder noisy = packets.get(broken).toBuilder();
        noisy.getUnitBuilder().setData(ByteString.copyFrom(noise));
        packets.set(broken, noisy.build());

        packets.forEach(p -> decoder.accept(p, false));
        decoder.accept(LiveVideo.end(packets.getLast()), false);

        assertThat(out.pictures.size() + out.lost()).isEqualTo(packets.size());
        assertThat(out.losses)
                .isNotEmpty()
                .allMatch(l -> l.cause() == GapCause.DECODE_ERROR)
                .allMatch(l -> l.from() >= keys.get(1) && l.until() <= keys.get(2) + 3);
        List<Frame> whole = new PacketChunks(video, MODEL, 1).frames("j");
        out.pictures.forEach((number, frame) -> assertThat(frame.pixels())
                .as("frame " + number)
                .isEqualTo(whole.get(number.intValue()).pixels()));
    }

    @Test
    void aStreamWithoutFurtherKeyPicturesIsGivenAgainAfterTenSeconds() throws Exception {
        Path video = Ffmpeg.make(
                folder.resolve("one-key.mp4"), "-f lavfi -i testsrc2=s=160x120:r=5:d=14 -c:v mpeg4 -g 9999");
        List<LivePacket> packets = new ArrayList<>(LiveVideo.packets(video, "j", 1, 0, MODEL));
        LivePacket.Builder cut = packets.get(5).toBuilder();
        cut.getUnitBuilder().setData(ByteString.copyFrom(new byte[] {0, 0, 1}));
        packets.set(5, cut.build());

        packets.forEach(p -> decoder.accept(p, false));

        assertThat(out.lost()).isBetween(48L, 52L);
        assertThat(out.pictures.lastKey()).isGreaterThan(65);
    }

    @Test
    void newParametersAndNewSessionsGetANewDecoderAndNumbersGoOn() throws Exception {
        List<LivePacket> small = LiveVideo.packets(TestVideos.H264.make(folder), "j", 1, 0, MODEL);
        double later = 10_000;
        List<LivePacket> large = later(
                LiveVideo.packets(
                        Ffmpeg.make(
                                folder.resolve("large.mp4"),
                                "-f lavfi -i testsrc2=s=640x360:r=25:d=1 -c:v mpeg4 -bf 2 -g 10"),
                        "j",
                        1,
                        small.size(),
                        MODEL),
                later);
        List<LivePacket> afterRestart =
                later(LiveVideo.packets(TestVideos.OPEN_GOP.make(folder), "j", 2, 5000, MODEL), 2 * later);

        small.forEach(p -> decoder.accept(p, false));
        large.forEach(p -> decoder.accept(p, false));
        // The numbers jump with the session; that is no loss of this worker.
        out.next = -1;
        long before = out.pictures.size();
        decoder.accept(afterRestart.getFirst(), false);
        assertThat(out.pictures.lastKey()).as("what the old decoder held").isEqualTo(small.size() + large.size() - 1);
        out.next = -1;
        afterRestart.forEach(p -> decoder.accept(p, false));
        decoder.accept(LiveVideo.end(afterRestart.getLast()), false);

        assertThat(before).isLessThan(small.size() + large.size());
        assertThat(out.losses).isEmpty();
        assertThat(out.pictures.keySet())
                .containsExactlyElementsOf(LongStream.concat(
                                LongStream.range(0, small.size() + large.size()),
                                LongStream.range(5000, 5000 + afterRestart.size()))
                        .boxed()
                        .toList());
    }

    private static List<LivePacket> later(List<LivePacket> packets, double ms) {
        return packets.stream()
                .map(p -> {
                    LivePacket.Builder moved = p.toBuilder();
                    moved.getUnitBuilder().setPtsMs(p.getUnit().getPtsMs() + ms);
                    return moved.build();
                })
                .toList();
    }

    @Test
    void packetsThatAreMissingAreALossWithTheirCause() throws Exception {
        List<LivePacket> packets = LiveVideo.packets(TestVideos.H264.make(folder), "j", 1, 0, MODEL);
        List<Integer> keys = keys(packets);

        packets.subList(0, keys.get(1) - 2).forEach(p -> decoder.accept(p, false));
        packets.subList(keys.get(2), keys.get(3)).forEach(p -> decoder.accept(p, false));
        packets.subList(keys.get(4), packets.size())
                .forEach(p -> decoder.accept(p, p.equals(packets.get(keys.get(4)))));
        decoder.accept(LiveVideo.end(packets.getLast()), false);

        assertThat(out.losses)
                .extracting(StreamDecoder.Loss::cause)
                .containsExactly(GapCause.EXPIRED, GapCause.DROPPED);
        assertThat(out.pictures.size() + out.lost()).isEqualTo(packets.size());
        assertThat(out.losses.getFirst().until()).isEqualTo(keys.get(2).longValue());
    }

    @Test
    void aRepeatedPacketIsSkipped() throws Exception {
        List<LivePacket> packets = LiveVideo.packets(TestVideos.H264.make(folder), "j", 1, 0, MODEL);

        packets.forEach(p -> {
            decoder.accept(p, false);
            decoder.accept(p, false);
        });
        decoder.accept(LiveVideo.end(packets.getLast()), false);

        assertThat(out.pictures).hasSize(packets.size());
        assertThat(out.losses).isEmpty();
    }

    @Test
    void aStreamThatCannotBeDecodedIsALossWithOneLineAboutTheReason() throws Exception {
        List<LivePacket> packets = LiveVideo.packets(TestVideos.H264.make(folder), "j", 1, 0, MODEL);

        for (LivePacket packet : packets) {
            LivePacket.Builder unknown = packet.toBuilder();
            if (packet.hasStream()) {
                unknown.getStreamBuilder().getCodecBuilder().setCodec("nonsense");
            }
            decoder.accept(unknown.build(), false);
        }

        assertThat(out.failures).isNotEmpty().allMatch(f -> f.contains("the stream") && f.contains("nonsense"));
        assertThat(out.lost()).isEqualTo(packets.size());
    }

    private void assertSame(List<Frame> whole, long first, long from) {
        assertThat(out.pictures.keySet())
                .containsExactlyElementsOf(
                        LongStream.range(from, first + whole.size()).boxed().toList());
        out.pictures.forEach((number, frame) -> assertThat(frame.pixels())
                .as("frame " + number)
                .isEqualTo(whole.get((int) (number - first)).pixels()));
    }

    private static List<Integer> keys(List<LivePacket> packets) {
        List<Integer> keys = new ArrayList<>();
        for (int i = 0; i < packets.size(); i++) {
            if (packets.get(i).getUnit().getKey()) {
                keys.add(i);
            }
        }
        return keys;
    }
}
