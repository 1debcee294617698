package io.framequota.ingest.annotate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.framequota.contract.result.Detection;
import io.framequota.contract.result.ResultLine;
import io.framequota.ingest.decode.DecodedPicture;
import io.framequota.ingest.decode.FrameCursor;
import io.framequota.ingest.decode.PixelOrder;
import io.framequota.ingest.decode.SourceException;
import io.framequota.ingest.decode.VideoDecoder;
import io.framequota.ingest.decode.ffmpeg.Ffmpeg;
import io.framequota.ingest.decode.ffmpeg.FfmpegDecoder;
import io.framequota.ingest.decode.ffmpeg.TestVideos;
import io.framequota.ingest.scale.opencv.OpenCvScalerFactory;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnnotatorIT {
    @TempDir
    Path folder;

    private final FfmpegDecoder decoder = new FfmpegDecoder();
    private final Annotator annotator = new DrawingAnnotator(decoder, new OpenCvScalerFactory());

    @ParameterizedTest
    @EnumSource(
            names = {
                "B_FRAMES",
                "VARIABLE_FRAME_RATE",
                "ODD_SIZE",
                "NON_ZERO_START",
                "ROTATED",
                "SIZE_CHANGES",
                "TRUNCATED",
                "PICTURE_OF_ONE_PIXEL"
            })
    void keepsEveryFrameAndItsTime(TestVideos kind) throws Exception {
        Path video = kind.make(folder);
        Path out = folder.resolve("out.mp4");

        render(video, Collections.<ResultLine>emptyIterator(), out);

        List<String> before = Ffmpeg.times(video);
        List<String> after = Ffmpeg.times(out);
        assertThat(after).hasSameSizeAs(before);
        double start = Double.parseDouble(before.getFirst());
        for (int i = 0; i < before.size(); i++) {
            assertThat(Double.parseDouble(after.get(i)))
                    .isCloseTo(Double.parseDouble(before.get(i)) - start, within(1e-4));
        }
        try (FrameCursor from = FrameCursor.open(decoder, video);
                FrameCursor to = FrameCursor.open(decoder, out)) {
            from.next();
            assertThat(to.info().codec()).isEqualTo("h264");
            assertThat(to.info().width()).isEqualTo(Math.max(16, from.width() + from.width() % 2));
            assertThat(to.info().height()).isEqualTo(Math.max(16, from.height() + from.height() % 2));
        }
    }

    @Test
    void drawsABoxOnItsFrameOnly() throws Exception {
        Path video =
                Ffmpeg.make(folder.resolve("grey.mp4"), "-f lavfi -i color=c=gray:s=320x240:r=10:d=1 -c:v libopenh264");
        Detection found = new Detection("person", 0, 0.87f, 100, 80, 200, 180);
        List<ResultLine> lines = List.of(
                new ResultLine(2, 200, List.of(), null, null), new ResultLine(4, 400, List.of(found), null, null));
        Path out = folder.resolve("out.mp4");

        render(video, lines.iterator(), out);

        try (FrameCursor cursor = FrameCursor.open(decoder, out)) {
            while (cursor.next()) {
                boolean drawn = cursor.index() == 4;
                DecodedPicture picture = cursor.picture(PixelOrder.BGR);
                assertThat(colourful(picture, 150, 180))
                        .as("lower edge in %d", cursor.index())
                        .isEqualTo(drawn);
                assertThat(colourful(picture, 100, 130))
                        .as("left edge in %d", cursor.index())
                        .isEqualTo(drawn);
                assertThat(colourful(picture, 150, 130))
                        .as("inside in %d", cursor.index())
                        .isFalse();
            }
        }
    }

    @Test
    void scalesVeryLargePicturesDown() throws Exception {
        Path video =
                Ffmpeg.make(folder.resolve("wide.mkv"), "-f lavfi -i color=c=gray:s=5120x160:r=10:d=0.1 -c:v ffv1");
        Detection found = new Detection("person", 0, 0.87f, 2500, 40, 5000, 120);
        Path out = folder.resolve("out.mp4");

        render(video, List.of(new ResultLine(0, 0, List.of(found), null, null)).iterator(), out);

        try (FrameCursor cursor = FrameCursor.open(decoder, out)) {
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.width()).isEqualTo(4096);
            assertThat(cursor.height()).isEqualTo(128);
            DecodedPicture picture = cursor.picture(PixelOrder.BGR);
            assertThat(colourful(picture, 2000, 64)).as("left edge").isTrue();
            assertThat(colourful(picture, 4000, 64)).as("right edge").isTrue();
            assertThat(colourful(picture, 3000, 64)).as("inside").isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bt709", "smpte170m", "bt2020"})
    void keepsColoursAndStatesTheirMatrix(String matrix) throws Exception {
        Path video = Ffmpeg.make(
                folder.resolve("red.mkv"),
                "-f lavfi -i color=c=0xd81818:s=320x240:r=10:d=1 -vf scale=out_color_matrix=" + matrix
                        + ":out_range=pc,format=yuv420p -c:v libvpx-vp9 -lossless 1");
        Path out = folder.resolve("out.mp4");

        render(video, Collections.<ResultLine>emptyIterator(), out);

        assertThat(Ffmpeg.stream(out, "color_range,color_space,color_transfer,color_primaries"))
                .containsExactly("tv", "smpte170m", "bt709", "bt709");
        // A matrix other than the stated one would shift red by 17 and green by 19.
        byte[] pixels = Ffmpeg.pixels(out, "rgb24");
        for (int i = 0; i < pixels.length; i += 3) {
            assertThat(pixels[i] & 0xff).isCloseTo(0xd8, within(8));
            assertThat(pixels[i + 1] & 0xff).isCloseTo(0x18, within(8));
            assertThat(pixels[i + 2] & 0xff).isCloseTo(0x18, within(8));
        }
    }

    @Test
    void statesTheColourSpaceOfTheSource() throws Exception {
        Path video = Ffmpeg.make(
                folder.resolve("hdr.mkv"),
                "-f lavfi -i testsrc2=s=320x240:r=10:d=1 -vf scale=out_color_matrix=bt2020,format=yuv420p10le,"
                        + "setparams=color_primaries=bt2020:color_trc=smpte2084 -c:v ffv1");
        Path out = folder.resolve("out.mp4");

        render(video, Collections.<ResultLine>emptyIterator(), out);

        assertThat(Ffmpeg.stream(out, "color_range,color_space,color_transfer,color_primaries"))
                .containsExactly("tv", "smpte170m", "smpte2084", "bt2020");
    }

    @Test
    void cutsBoxesOffAtTheEdge() throws Exception {
        Path video = TestVideos.H264.make(folder);
        Path out = folder.resolve("out.mp4");
        Detection outside = new Detection("é\n", 79, 1f, -50, -70, 5000, Float.NaN);
        render(
                video,
                List.of(new ResultLine(0, 0, List.of(outside), null, null)).iterator(),
                out);
        assertThat(Ffmpeg.count(out)).isEqualTo(50);
    }

    @Test
    void leavesNoFileAfterAFailure() throws Exception {
        Path text = Files.writeString(folder.resolve("text.mp4"), "no video");
        Path out = folder.resolve("out.mp4");
        assertThatThrownBy(() -> render(text, Collections.<ResultLine>emptyIterator(), out))
                .isInstanceOf(SourceException.class);
        Path video = TestVideos.H264.make(folder);
        Path nowhere = folder.resolve("no-such-folder").resolve("out.mp4");
        assertThatThrownBy(() -> render(video, Collections.<ResultLine>emptyIterator(), nowhere))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot write");
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("text.mp4", "h264.mp4");
    }

    private static boolean colourful(DecodedPicture picture, int x, int y) {
        int at = y * picture.stride() + x * 3;
        int blue = picture.pixels().get(ValueLayout.JAVA_BYTE, at) & 0xff;
        int red = picture.pixels().get(ValueLayout.JAVA_BYTE, at + 2) & 0xff;
        return Math.abs(red - blue) > 60;
    }

    private void render(Path video, Iterator<ResultLine> lines, Path out) throws Exception {
        annotator.render(video, VideoDecoder.ANY_STREAM, lines, out);
    }
}
