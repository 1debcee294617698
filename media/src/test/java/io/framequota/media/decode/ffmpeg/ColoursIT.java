package io.framequota.media.decode.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.media.decode.DecodedPicture;
import io.framequota.media.decode.FrameCursor;
import io.framequota.media.decode.PixelOrder;
import io.framequota.media.testing.Ffmpeg;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Decoded colours follow the matrix and range of the source; the ffmpeg program gives the expected pixels. */
class ColoursIT {
    /** Names of the matrices in ffprobe; two standards of BT.601 have the same matrix. */
    private static final Map<String, Set<String>> NAMES = Map.of(
            "bt709", Set.of("bt709"),
            "smpte170m", Set.of("smpte170m", "bt470bg"),
            "bt2020", Set.of("bt2020nc"),
            "smpte240m", Set.of("smpte240m"));

    @TempDir
    Path folder;

    static Stream<Arguments> codings() {
        return Stream.of("bt709", "smpte170m", "bt2020", "smpte240m")
                .flatMap(matrix -> Stream.of("tv", "pc")
                        .flatMap(range -> Stream.of("yuv420p", "yuv422p", "yuv444p", "yuv420p10le")
                                .map(format -> Arguments.of(matrix, range, format))));
    }

    @ParameterizedTest
    @MethodSource("codings")
    void decodesRedFromEveryEncoding(String matrix, String range, String format) throws Exception {
        Path video = coded("color=c=red:", matrix, range, format);

        byte[] pixels = pixels(video, PixelOrder.BGR);

        for (int i = 0; i < pixels.length; i += 3) {
            assertThat(pixels[i] & 0xff).as("blue").isLessThan(8);
            assertThat(pixels[i + 1] & 0xff).as("green").isLessThan(8);
            assertThat(pixels[i + 2] & 0xff).as("red").isGreaterThan(247);
        }
    }

    @ParameterizedTest
    @MethodSource("codings")
    void givesThePixelsOfTheFfmpegProgram(String matrix, String range, String format) throws Exception {
        Path video = coded("testsrc2=", matrix, range, format);

        assertThat(pixels(video, PixelOrder.BGR)).isEqualTo(Ffmpeg.pixels(video, "bgr24"));
        assertThat(pixels(video, PixelOrder.RGB)).isEqualTo(Ffmpeg.pixels(video, "rgb24"));
    }

    @Test
    void assumesLimitedRangeBt601WhenNothingIsStated() throws Exception {
        Path video = Ffmpeg.make(
                folder.resolve("unstated.avi"), "-f lavfi -i testsrc2=s=128x96:r=5:d=1 -pix_fmt yuv420p -c:v mpeg4");

        assertThat(Ffmpeg.stream(video, "color_range,color_space")).containsExactly("unknown", "unknown");
        assertThat(pixels(video, PixelOrder.BGR))
                .isEqualTo(Ffmpeg.pixels(video, "bgr24", ":in_color_matrix=bt601:in_range=tv"));
    }

    private Path coded(String source, String matrix, String range, String format) throws Exception {
        // OpenVPX keeps both ranges in 8 bits, SVT-AV1 in 10 bits.
        String encoder = format.endsWith("10le") ? "libsvtav1 -preset 12" : "libvpx-vp9 -lossless 1 -cpu-used 8";
        Path video = Ffmpeg.make(
                folder.resolve("coded.mkv"),
                "-f lavfi -i " + source + "s=128x96:r=5:d=1 -vf scale=out_color_matrix=" + matrix + ":out_range="
                        + range + ",format=" + format + " -c:v " + encoder);
        List<String> stated = Ffmpeg.stream(video, "pix_fmt,color_range,color_space");
        assertThat(stated).startsWith(format, range).hasSize(3);
        assertThat(stated.getLast()).isIn(NAMES.get(matrix));
        return video;
    }

    private static byte[] pixels(Path video, PixelOrder order) throws Exception {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (FrameCursor cursor = FrameCursor.open(new FfmpegDecoder(), video)) {
            while (cursor.next()) {
                DecodedPicture picture = cursor.picture(order);
                byte[] row = new byte[picture.width() * 3];
                for (int y = 0; y < picture.height(); y++) {
                    MemorySegment.copy(
                            picture.pixels(), ValueLayout.JAVA_BYTE, (long) y * picture.stride(), row, 0, row.length);
                    all.write(row);
                }
            }
        }
        return all.toByteArray();
    }
}
