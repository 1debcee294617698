package io.framequota.inference.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.framequota.contract.control.AccessUnit;
import io.framequota.contract.control.Chunk;
import io.framequota.contract.control.CodecParameters;
import io.framequota.contract.control.ModelCard;
import io.framequota.contract.control.ModelCard.Colour;
import io.framequota.contract.control.ModelCard.Fit;
import io.framequota.contract.control.PacketBatch;
import io.framequota.inference.config.WorkerConfig;
import io.framequota.inference.intake.Frame;
import io.framequota.inference.testing.PacketChunks;
import io.framequota.media.decode.DecodeMemoryBudget;
import io.framequota.media.decode.FrameDecoder;
import io.framequota.media.decode.SourceLimits;
import io.framequota.media.decode.ffmpeg.FfmpegDecoder;
import io.framequota.media.scale.PictureScaler;
import io.framequota.media.scale.opencv.OpenCvScaler;
import io.framequota.media.testing.Ffmpeg;
import io.framequota.media.testing.TestVideos;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Chunks of packets decode to the frames of the pixel path, frame by frame, or are irregular. */
class ChunkDecoderIT {
    private static final ModelCard MODEL = ModelCard.newBuilder()
            .setName("m")
            .setFit(Fit.LETTERBOX)
            .setWidth(200)
            .setHeight(160)
            .build();

    private final DecodeMemoryBudget memory = new DecodeMemoryBudget(256 << 20);
    private final FfmpegDecoder decoders = new FfmpegDecoder(SourceLimits.DEFAULT, memory);

    @TempDir
    Path folder;

    @AfterEach
    void allMemoryIsGivenBack() {
        assertThat(memory.used()).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = TestVideos.class,
            names = {
                "H264",
                "B_FRAMES",
                "OPEN_GOP",
                "VARIABLE_FRAME_RATE",
                "LOW",
                "ODD_SIZE",
                "TEN_BIT",
                "NON_ZERO_START",
                "EDIT_LIST",
                "ONE_KEY_FRAME",
                "ONLY_KEY_FRAMES",
                "AV1",
                "WITH_SOUND_FIRST",
                "GIF",
                "ROTATED"
            })
    void framesAreThoseOfThePixelPath(TestVideos kind) throws Exception {
        assertSame(new PacketChunks(kind.make(folder), MODEL, 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-f lavfi -i testsrc2=s=320x240:r=25:d=2 -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 12 -lag-in-frames 10"
                        + " -auto-alt-ref 1",
                "-f lavfi -i testsrc2=s=320x240:r=25:d=2 -c:v libvpx -deadline realtime -g 12",
                "-f lavfi -i testsrc2=s=352x288:r=25:d=2 -c:v mpeg2video -bf 2 -g 9 -flags +ildct+ilme -top 1",
                "-f lavfi -i testsrc2=s=320x240:r=25:d=2 -c:v mjpeg -pix_fmt yuvj422p"
            })
    void otherCodecsToo(String arguments) throws Exception {
        assertSame(new PacketChunks(Ffmpeg.make(folder.resolve("v.mkv"), arguments), MODEL, 1));
    }

    @Test
    void everyNthFrameIsScaledAsTheModelWants() throws Exception {
        ModelCard grey =
                MODEL.toBuilder().setColour(Colour.GRAY).setFit(Fit.STRETCH).build();

        assertSame(new PacketChunks(TestVideos.OPEN_GOP.make(folder), grey, 3));
    }

    private void assertSame(PacketChunks video) throws Exception {
        List<Frame> decoded = new ArrayList<>();
        List<PacketBatch> chunks = video.batches();
        for (PacketBatch chunk : chunks) {
            decoded.addAll(decode(chunk, chunk.getUnitsList()));
        }
        List<Frame> expected = video.frames("j");

        assertThat(decoded)
                .extracting(Frame::meta)
                .isEqualTo(expected.stream().map(Frame::meta).toList());
        for (int i = 0; i < expected.size(); i++) {
            assertThat(decoded.get(i).pixels())
                    .as("frame %d", i)
                    .isEqualTo(expected.get(i).pixels());
        }
        assertThat(expected).isNotEmpty();
    }

    private List<Frame> decode(PacketBatch chunk, List<AccessUnit> units) throws Exception {
        List<Frame> frames = new ArrayList<>();
        try (PictureScaler scaler = new OpenCvScaler();
                ChunkDecoder decoder =
                        new ChunkDecoder(Chunk.newBuilder().setJob("j").build(), chunk.getStream(), decoders, scaler)) {
            for (AccessUnit unit : units) {
                decoder.decode(unit, frames::add);
            }
            decoder.finish(frames::add);
        }
        return frames;
    }

    @Test
    void aMissingPacketIsIrregular() throws Exception {
        assertIrregular(units -> units.subList(1, units.size()), "does not begin with a key frame");
        assertIrregular(units -> without(units, 2), "in the place of frame");
    }

    @Test
    void anotherNumberOfFramesIsIrregular() throws Exception {
        // The decoder gives one frame, which the packets do not announce.
        assertIrregular(units -> changed(units, 3, units.get(3).toBuilder().setDiscard(true)), "frame");
        assertIrregular(
                units -> changed(units, 3, units.get(3).toBuilder().setData(ByteString.copyFrom(new byte[4]))),
                "a packet near frame 2 cannot be decoded");
    }

    @Test
    void anotherOrderIsIrregular() throws Exception {
        assertIrregular(
                units -> changed(
                        units, 2, units.get(2).toBuilder().setFrame(units.get(3).getFrame())),
                "in the place of frame");
    }

    @Test
    void timesThatAreNotOnesOwnAreIrregular() throws Exception {
        assertIrregular(
                units -> changed(units, 1, units.get(1).toBuilder().setPts(FrameDecoder.NO_TIME)),
                "no time of its own");
        assertIrregular(
                units -> changed(
                        units, 1, units.get(1).toBuilder().setPts(units.get(0).getPts())),
                "no time of its own");
    }

    @Test
    void damagedBytesAreIrregular() throws Exception {
        assertIrregular(
                units -> changed(
                        units,
                        0,
                        units.get(0).toBuilder()
                                .setData(units.get(0)
                                        .getData()
                                        .substring(0, units.get(0).getData().size() / 2))),
                "frame 0 is damaged");
    }

    @ParameterizedTest
    @CsvSource({"TEN_BIT, hevc", "TEN_BIT, vp9", "AV1, av1"})
    void aWorkersMemoryHoldsTheUsualPicturesOf4K(TestVideos pixels, String codec) throws Exception {
        CodecParameters.Builder parameters = new PacketChunks(pixels.make(folder), MODEL, 1)
                .batches().getFirst().getStream().getCodec().toBuilder()
                        .setCodec(codec)
                        .clearExtradata()
                        .setWidth(3840)
                        .setHeight(2160);
        DecodeMemoryBudget worker = new DecodeMemoryBudget(
                new MemorySizeConverter().convert(WorkerConfig.DECODE_MEMORY).asLongValue());

        try (FrameDecoder open = new FfmpegDecoder(SourceLimits.DEFAULT, worker).decoder(parameters.build(), "it")) {
            assertThat(worker.used()).isGreaterThan(256 << 20);
            assertThat(open.next()).isFalse();
        }
    }

    @Test
    void anotherOrientationIsIrregular() throws Exception {
        PacketBatch chunk = new PacketChunks(TestVideos.ROTATED.make(folder), MODEL, 1)
                .batches()
                .getFirst();
        PacketBatch upright = chunk.toBuilder()
                .setStream(chunk.getStream().toBuilder().setQuarters(0))
                .build();

        assertThatThrownBy(() -> decode(upright, upright.getUnitsList()))
                .isInstanceOf(IrregularChunkException.class)
                .hasMessageContaining("orientation");
    }

    @Test
    void picturesMuchLargerThanAnnouncedAreIrregular() throws Exception {
        PacketBatch chunk = new PacketChunks(TestVideos.SIZE_CHANGES.make(folder), MODEL, 1)
                .batches()
                .getLast();

        assertThatThrownBy(() -> decode(chunk, chunk.getUnitsList())).isInstanceOf(IrregularChunkException.class);
    }

    @Test
    void anUnknownCodecIsIrregular() throws Exception {
        PacketBatch chunk = new PacketChunks(TestVideos.H264.make(folder), MODEL, 1)
                .batches()
                .getFirst();
        PacketBatch.Builder unknown = chunk.toBuilder();
        unknown.getStreamBuilder().getCodecBuilder().setCodec("flac");

        assertThatThrownBy(() -> decode(unknown.build(), chunk.getUnitsList()))
                .isInstanceOf(IrregularChunkException.class);
    }

    private void assertIrregular(UnaryOperator<List<AccessUnit>> change, String reason) throws Exception {
        PacketBatch chunk = new PacketChunks(TestVideos.B_FRAMES.make(folder), MODEL, 1)
                .batches()
                .getFirst();

        assertThatThrownBy(() -> decode(chunk, change.apply(chunk.getUnitsList())))
                .isInstanceOf(IrregularChunkException.class)
                .hasMessageContaining(reason);
    }

    private static List<AccessUnit> without(List<AccessUnit> units, int index) {
        List<AccessUnit> rest = new ArrayList<>(units);
        rest.remove(index);
        return rest;
    }

    private static List<AccessUnit> changed(List<AccessUnit> units, int index, AccessUnit.Builder by) {
        List<AccessUnit> all = new ArrayList<>(units);
        all.set(index, by.build());
        return all;
    }
}
