package io.framequota.media.decode.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.framequota.contract.control.AccessUnit;
import io.framequota.contract.control.CodecParameters;
import io.framequota.media.decode.DecodeMemoryBudget;
import io.framequota.media.decode.DecodedPicture;
import io.framequota.media.decode.FrameCursor;
import io.framequota.media.decode.FrameDecoder;
import io.framequota.media.decode.PacketReader;
import io.framequota.media.decode.PixelOrder;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.SourceLimits;
import io.framequota.media.decode.VideoDecoder;
import io.framequota.media.testing.TestVideos;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Packets that travelled as messages decode to the frames of the video that they were read from. */
class FrameDecoderIT {
    private record Frame(double ptsMs, boolean damaged, int width, int height, long pixels) {}

    private final FfmpegDecoder ffmpeg = new FfmpegDecoder();

    @TempDir
    Path folder;

    @ParameterizedTest
    // A decoder of packets refuses pictures that are much larger than the announced ones.
    @EnumSource(value = TestVideos.class, mode = EnumSource.Mode.EXCLUDE, names = "SIZE_CHANGES")
    void framesAreThoseOfTheVideo(TestVideos kind) throws Exception {
        Path video = kind.make(folder);

        assertThat(decoded(video, 1)).isEqualTo(read(video)).isNotEmpty();
    }

    @Test
    void severalThreadsGiveTheSameFrames() throws Exception {
        Path video = TestVideos.B_FRAMES.make(folder);

        assertThat(decoded(video, 3)).isEqualTo(read(video));
    }

    @Test
    void aDecoderLargerThanTheBudgetIsRefused() throws Exception {
        FfmpegDecoder small = new FfmpegDecoder(SourceLimits.DEFAULT, new DecodeMemoryBudget(5 << 20));
        CodecParameters parameters;
        try (PacketReader packets = ffmpeg.packets(TestVideos.H264.make(folder), VideoDecoder.ANY_STREAM)) {
            parameters = packets.parameters().toBuilder()
                    .setWidth(4096)
                    .setHeight(2160)
                    .build();
        }

        assertThatThrownBy(() -> small.decoder(parameters, "it"))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("FRAMEQUOTA_DECODE_MEMORY");
    }

    @Test
    void picturesLargerThanAnnouncedGiveNoFrame() throws Exception {
        DecodeMemoryBudget memory = new DecodeMemoryBudget(1 << 30);
        FfmpegDecoder bounded = new FfmpegDecoder(SourceLimits.DEFAULT, memory);
        try (PacketReader packets = ffmpeg.packets(TestVideos.PICTURE_8K.make(folder), VideoDecoder.ANY_STREAM);
                FrameDecoder decoder = bounded.decoder(
                        packets.parameters().toBuilder()
                                .setWidth(320)
                                .setHeight(240)
                                .build(),
                        "it")) {
            assertThat(packets.next()).isTrue();
            decoder.send(packets.unit().build());

            assertThat(decoder.next()).isFalse();
            assertThat(decoder.brokenPackets()).isEqualTo(1);
        }
        assertThat(memory.used()).isZero();
    }

    @Test
    void aBrokenPacketIsCounted() throws Exception {
        try (PacketReader packets = ffmpeg.packets(TestVideos.H264.make(folder), VideoDecoder.ANY_STREAM);
                FrameDecoder decoder = ffmpeg.decoder(packets.parameters(), "it")) {
            packets.next();
            decoder.send(
                    packets.unit().setData(ByteString.copyFrom(new byte[100])).build());
            decoder.drain();

            assertThat(decoder.next()).isFalse();
            assertThat(decoder.brokenPackets()).isPositive();
        }
    }

    private List<Frame> read(Path video) throws Exception {
        List<Frame> frames = new ArrayList<>();
        try (FrameCursor cursor = FrameCursor.open(ffmpeg, video)) {
            while (cursor.next()) {
                frames.add(new Frame(
                        cursor.ptsMs(),
                        cursor.damaged(),
                        cursor.width(),
                        cursor.height(),
                        sum(cursor.picture(PixelOrder.BGR))));
            }
        }
        return frames;
    }

    private List<Frame> decoded(Path video, int threads) throws Exception {
        FfmpegDecoder other = new FfmpegDecoder(SourceLimits.DEFAULT, new DecodeMemoryBudget(1 << 30), threads);
        List<Frame> frames = new ArrayList<>();
        try (PacketReader packets = ffmpeg.packets(video, VideoDecoder.ANY_STREAM);
                FrameDecoder decoder = other.decoder(
                        CodecParameters.parseFrom(packets.parameters().toByteArray()), "it")) {
            while (packets.next()) {
                decoder.send(AccessUnit.parseFrom(packets.unit().build().toByteArray()));
                take(decoder, packets.msPerTick(), frames);
            }
            decoder.drain();
            take(decoder, packets.msPerTick(), frames);
        }
        return frames;
    }

    private static void take(FrameDecoder decoder, double msPerTick, List<Frame> frames) {
        while (decoder.next()) {
            double before = frames.isEmpty() ? -40 : frames.getLast().ptsMs();
            frames.add(new Frame(
                    decoder.pts() == FrameDecoder.NO_TIME ? before + 40 : decoder.pts() * msPerTick,
                    decoder.damaged(),
                    decoder.width(),
                    decoder.height(),
                    sum(decoder.picture(PixelOrder.BGR))));
        }
    }

    private static long sum(DecodedPicture picture) {
        CRC32 sum = new CRC32();
        byte[] row = new byte[picture.width() * 3];
        for (int y = 0; y < picture.height(); y++) {
            MemorySegment.copy(
                    picture.pixels(), ValueLayout.JAVA_BYTE, (long) y * picture.stride(), row, 0, row.length);
            sum.update(row);
        }
        return sum.getValue() << 8 | picture.orientation().hashCode() & 0xff;
    }
}
