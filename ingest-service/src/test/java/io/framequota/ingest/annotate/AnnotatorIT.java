package io.framequota.ingest.annotate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.framequota.analysis.kitti.DriveTimes;
import io.framequota.analysis.zone.Zone;
import io.framequota.contract.result.Detection;
import io.framequota.contract.result.ResultLine;
import io.framequota.media.decode.DecodeMemoryBudget;
import io.framequota.media.decode.DecodedPicture;
import io.framequota.media.decode.FrameCursor;
import io.framequota.media.decode.PixelOrder;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.SourceLimits;
import io.framequota.media.decode.VideoDecoder;
import io.framequota.media.decode.ffmpeg.FfmpegDecoder;
import io.framequota.media.scale.opencv.OpenCvScaler;
import io.framequota.media.testing.Ffmpeg;
import io.framequota.media.testing.TestVideos;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnnotatorIT {
    @TempDir
    Path folder;

    private final FfmpegDecoder decoder = new FfmpegDecoder();
    private final Annotator annotator = new DrawingAnnotator(decoder, OpenCvScaler::new);

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
    void aPictureStaysAPictureOfItsSizeWithItsBoxes() throws Exception {
        Path photo = Ffmpeg.make(folder.resolve("photo.png"), "-f lavfi -i color=gray:s=321x203 -frames:v 1");
        Path out = folder.resolve("out.jpg");
        ResultLine line = new ResultLine(0, 0, List.of(new Detection("person", 0, 0.9f, 40, 40, 200, 160)), null, null);

        annotator.renderPicture(
                new Drawing(photo, VideoDecoder.ANY_STREAM, List.of(), DriveTimes.NONE),
                List.of(line).iterator(),
                out);

        BufferedImage drawn = ImageIO.read(out.toFile());
        assertThat(drawn.getWidth()).isEqualTo(321);
        assertThat(drawn.getHeight()).isEqualTo(203);
        // Grey in the box, and none of the box's colour there; its edge is not grey.
        assertThat(saturation(drawn.getRGB(120, 100))).isLessThan(12);
        assertThat(IntStream.rangeClosed(36, 44)
                        .map(x -> saturation(drawn.getRGB(x, 100)))
                        .max()
                        .orElseThrow())
                .isGreaterThan(40);
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
    }

    private static int saturation(int rgb) {
        int r = rgb >> 16 & 255;
        int g = rgb >> 8 & 255;
        int b = rgb & 255;
        return Math.max(r, Math.max(g, b)) - Math.min(r, Math.min(g, b));
    }

    /** Both begin at 5 s in the one source; in the other the pictures begin half a second after the sound. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "-itsoffset 0|1|-c:v mpeg4 -c:a aac -output_ts_offset 5|s.mkv",
                "-itsoffset 0.5|1.5|-fps_mode passthrough -c:v libopenh264 -c:a aac|s.mp4"
            })
    void keepsTheSoundBesideItsPictures(String made) throws Exception {
        String[] parts = made.split("\\|");
        // Silence until 1 s of the pictures, then a tone.
        Path video = Ffmpeg.make(
                folder.resolve(parts[3]),
                parts[0] + " -f lavfi -i testsrc2=s=160x120:r=10:d=3 -f lavfi -i aevalsrc=sin(2000*t)*gt(t\\,"
                        + parts[1] + "):d=4 -ac 1 " + parts[2]);
        Path out = folder.resolve("out.mp4");

        render(video, Collections.<ResultLine>emptyIterator(), out);

        assertThat(Ffmpeg.times(out)).hasSize(30).first().isEqualTo("0.000000");
        double[] loudness = new double[2];
        for (int half = 0; half < 2; half++) {
            Path wav = Ffmpeg.make(
                    folder.resolve("half.wav"), "-ss " + (half == 0 ? 0.1 : 1.1) + " -i " + out + " -vn -t 0.8");
            byte[] samples = Files.readAllBytes(wav);
            for (int i = 100; i + 1 < samples.length; i += 2) {
                loudness[half] = Math.max(loudness[half], Math.abs(samples[i + 1]));
            }
        }
        assertThat(loudness[0]).isLessThan(3);
        assertThat(loudness[1]).isGreaterThan(20);
    }

    /** MP4 has no MP3 of such a low rate. */
    @Test
    void soundThatMp4DoesNotHoldIsLeftOut() throws Exception {
        Path video = Ffmpeg.make(
                folder.resolve("s.mkv"),
                "-f lavfi -i testsrc2=s=160x120:r=10:d=1 -f lavfi -i sine=d=1 -c:v mpeg4 -c:a libmp3lame -ar 8000");
        Path out = folder.resolve("out.mp4");

        render(video, Collections.<ResultLine>emptyIterator(), out);

        assertThat(Ffmpeg.times(out)).hasSize(10);
    }

    /** Its pictures have memory by then, so it would wait for its own share for ever. */
    @Test
    @Timeout(60)
    void soundDoesNotWaitForMemory() throws Exception {
        Path video = Ffmpeg.make(
                folder.resolve("s.mp4"),
                "-f lavfi -i testsrc2=s=160x120:r=10:d=1 -f lavfi -i sine=d=1 -c:v libopenh264 -c:a aac");
        DecodeMemoryBudget memory = new DecodeMemoryBudget(64 << 20);
        FfmpegDecoder full = new FfmpegDecoder(SourceLimits.DEFAULT, memory);
        DecodeMemoryBudget.Share pictures = memory.take(memory.total(), "pictures");

        full.sound(video).orElseThrow().close();

        assertThat(memory.used()).isEqualTo(memory.total());
        pictures.close();
    }

    @Test
    void boxesStayUntilTheNextInferredFrame() throws Exception {
        Path video =
                Ffmpeg.make(folder.resolve("grey.mp4"), "-f lavfi -i color=c=gray:s=320x240:r=10:d=1 -c:v libopenh264");
        Detection found = new Detection("person", 0, 0.87f, 100, 80, 200, 180);
        List<ResultLine> lines = List.of(
                new ResultLine(2, 200, List.of(found), null, null),
                new ResultLine(4, 400, List.of(), null, null),
                new ResultLine(6, 600, List.of(found), null, null));
        Path out = folder.resolve("out.mp4");

        render(video, lines.iterator(), out);

        try (FrameCursor cursor = FrameCursor.open(decoder, out)) {
            while (cursor.next()) {
                boolean drawn = Set.of(2L, 3L, 6L, 7L, 8L, 9L).contains(cursor.index());
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

    /** A picture that is empty, one that is no picture, and one of another shape, between two good ones. */
    @Test
    void picturesThatCannotBeShownAreReplacedByTheReasonAndOthersFitted() throws Exception {
        Path archive = folder.resolve("pictures.zip");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
            entry(zip, "0.png", new byte[0]);
            entry(zip, "1.png", picture("320x240"));
            entry(zip, "2.png", "no picture".getBytes(StandardCharsets.UTF_8));
            entry(zip, "3.png", picture("100x240"));
            entry(zip, "4.png", picture("320x240"));
        }
        Detection found = new Detection("person", 0, 0.87f, 20, 60, 80, 180);
        Path out = folder.resolve("out.mp4");

        render(
                archive,
                List.of(new ResultLine(3, 120, List.of(found), null, null)).iterator(),
                out);

        try (FrameCursor cursor = FrameCursor.open(decoder, out)) {
            int shown = 0;
            for (; cursor.next(); shown++) {
                assertThat(cursor.ptsMs()).isCloseTo(40.0 * shown, within(0.1));
                assertThat(cursor.width()).isEqualTo(320);
                DecodedPicture picture = cursor.picture(PixelOrder.BGR);
                boolean readable = shown == 1 || shown == 3 || shown == 4;
                // The pictures are red; the notice is grey, and its text white.
                assertThat(colourful(picture, 160, 20)).as("picture %d", shown).isEqualTo(readable);
                assertThat(brightest(picture) > 200).as("text in %d", shown).isEqualTo(!readable);
                // A picture of 100 x 240 lies in the middle of 320 x 240: from 110 to 210.
                assertThat(colourful(picture, 50, 120)).as("left of it").isEqualTo(shown == 1 || shown == 4);
                assertThat(colourful(picture, 115, 120)).as("in it").isEqualTo(readable);
            }
            assertThat(shown).isEqualTo(5);
        }
    }

    private byte[] picture(String size) throws Exception {
        return Files.readAllBytes(Ffmpeg.make(
                folder.resolve(size + ".png"), "-f lavfi -i color=c=0xb02020:s=" + size + ":d=0.04 -frames:v 1"));
    }

    private static void entry(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(bytes);
        zip.closeEntry();
    }

    private static int brightest(DecodedPicture picture) {
        int most = 0;
        for (int y = 0; y < picture.height(); y++) {
            for (int x = 0; x < picture.width(); x++) {
                int green =
                        picture.pixels().get(ValueLayout.JAVA_BYTE, (long) y * picture.stride() + x * 3L + 1) & 0xff;
                most = Math.max(most, green);
            }
        }
        return most;
    }

    /** Two cameras of a drive, whose pictures are 100 and 103 ms apart. */
    @Test
    void picturesOfADriveAreShownWhenTheyWereTaken() throws Exception {
        Path archive = folder.resolve("drive.zip");
        Map<String, Double> times = new LinkedHashMap<>();
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
            double at = 0;
            for (String camera : List.of("image_00", "image_01")) {
                for (int i = 0; i < 3; i++) {
                    String name = camera + "/data/000000000" + i + ".png";
                    entry(zip, name, picture("320x240"));
                    times.put(name, at);
                    at += i == 1 ? 103 : 100;
                }
            }
        }
        Path out = folder.resolve("out.mp4");

        annotator.render(
                new Drawing(archive, VideoDecoder.ANY_STREAM, List.of(), new DriveTimes(times, 100)),
                Collections.<ResultLine>emptyIterator(),
                out);

        assertThat(Ffmpeg.times(out))
                .containsExactly("0.000000", "0.100000", "0.203000", "0.303000", "0.403000", "0.506000");
    }

    @Test
    void zonesAreDrawnWhereTheyAre() throws Exception {
        Path video =
                Ffmpeg.make(folder.resolve("grey.mp4"), "-f lavfi -i color=c=gray:s=320x240:r=10:d=1 -c:v libopenh264");
        Path out = folder.resolve("out.mp4");

        annotator.render(
                new Drawing(
                        video,
                        VideoDecoder.ANY_STREAM,
                        Zone.parse(List.of("door=100,40 100,200 far=200,100 900,100 900,200")),
                        DriveTimes.NONE),
                Collections.<ResultLine>emptyIterator(),
                out);

        try (FrameCursor cursor = FrameCursor.open(decoder, out)) {
            assertThat(cursor.next()).isTrue();
            DecodedPicture picture = cursor.picture(PixelOrder.BGR);
            assertThat(green(picture, 100, 150)).isGreaterThan(190);
            assertThat(green(picture, 100, 220)).isBetween(110, 145);
            assertThat(green(picture, 60, 150)).isBetween(110, 145);
            assertThat(green(picture, 300, 100)).isGreaterThan(190);
        }
    }

    private static int green(DecodedPicture picture, int x, int y) {
        return picture.pixels().get(ValueLayout.JAVA_BYTE, (long) y * picture.stride() + x * 3L + 1) & 0xff;
    }

    /** Above the box; of one at the upper edge below it; inside only of one that fills the picture's height. */
    @ParameterizedTest
    @CsvSource({"100, 200, 90", "5, 120, 130", "5, 235, 15"})
    void aLabelHidesTheObjectOnlyWhereThereIsNoOtherRoom(int top, int bottom, int label) throws Exception {
        Path video =
                Ffmpeg.make(folder.resolve("grey.mp4"), "-f lavfi -i color=c=gray:s=320x240:r=10:d=1 -c:v libopenh264");
        Detection found = new Detection("person", 0, 0.87f, 100, top, 200, bottom);
        Path out = folder.resolve("out.mp4");

        render(video, List.of(new ResultLine(0, 0, List.of(found), null, null)).iterator(), out);

        try (FrameCursor cursor = FrameCursor.open(decoder, out)) {
            assertThat(cursor.next()).isTrue();
            DecodedPicture picture = cursor.picture(PixelOrder.BGR);
            for (int y : new int[] {15, 90, 130}) {
                int inBar = 0;
                for (int x = 104; x < 150; x++) {
                    inBar += colourful(picture, x, y) ? 1 : 0;
                }
                assertThat(inBar > 15).as("label at %d", y).isEqualTo(y == label);
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
        annotator.render(new Drawing(video, VideoDecoder.ANY_STREAM, List.of(), DriveTimes.NONE), lines, out);
    }
}
