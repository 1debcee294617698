package io.framequota.media.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.contract.frame.Projection;
import io.framequota.media.decode.ColorInfo;
import io.framequota.media.decode.VideoDecoder;
import io.framequota.media.decode.VideoInfo;
import io.framequota.media.decode.ffmpeg.FfmpegDecoder;
import io.framequota.media.encode.ffmpeg.Mp4Encoder;
import io.framequota.media.spherical.Panorama;
import io.framequota.media.spherical.View;
import io.framequota.media.spherical.Worlds;
import io.framequota.media.testing.Ffmpeg;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class Convert360IT {
    private static final int WIDTH = 768;
    private static final int HEIGHT = 384;
    private static final int FRAMES = 10;

    @TempDir
    Path folder;

    /** A panorama of a still world with sound, which states nothing. */
    private Path panorama;

    @BeforeEach
    void make() throws Exception {
        byte[] world = Worlds.draw(WIDTH, HEIGHT, new Panorama(Projection.EQUIRECT, WIDTH, HEIGHT)::direction);
        Path silent = folder.resolve("silent.mp4");
        try (Mp4Encoder encoder = Mp4Encoder.open(silent, WIDTH, HEIGHT, 10, ColorInfo.BT709)) {
            for (int i = 0; i < FRAMES; i++) {
                encoder.add(world, i * 100.0);
            }
            encoder.finish();
        }
        panorama = Ffmpeg.make(
                folder.resolve("around.mp4"),
                "-i " + silent + " -f lavfi -i sine=d=1 -map 0:v -map 1:a -c:v copy -c:a aac"
                        + " -movflags +frag_keyframe+empty_moov");
    }

    @ParameterizedTest
    @EnumSource(
            value = Projection.class,
            mode = Mode.INCLUDE,
            names = {"CUBEMAP", "EAC"})
    void thereAndBackIsTheSameVideo(Projection to) throws Exception {
        Path there = folder.resolve("there.mp4");
        Path back = folder.resolve("back.mp4");

        convert(panorama, there, Optional.of(Projection.EQUIRECT), to);
        convert(there, back, to == Projection.EAC ? Optional.of(to) : Optional.empty(), Projection.EQUIRECT);

        assertThat(probe(there).projection()).isEqualTo(to == Projection.EAC ? Projection.FLAT : to);
        assertThat(probe(back).projection()).isEqualTo(Projection.EQUIRECT);
        assertThat(Ffmpeg.stream(back, "index:stream_side_data=side_data_type,projection"))
                .contains("Spherical Mapping", "equirectangular");
        assertThat(Ffmpeg.count(back)).isEqualTo(FRAMES);
        assertThat(sound(back)).isEqualTo(sound(panorama)).isNotEmpty();
        byte[] before = firstPicture(panorama, WIDTH, HEIGHT);
        VideoInfo info = probe(back);
        byte[] after = firstPicture(back, WIDTH, HEIGHT);
        assertThat(Worlds.psnr(before, after)).isGreaterThan(30);
    }

    @Test
    void theSameProjectionIsCopiedAndStated() throws Exception {
        Path stated = folder.resolve("stated.mp4");

        convert(panorama, stated, Optional.of(Projection.EQUIRECT), Projection.EQUIRECT);

        assertThat(probe(stated).projection()).isEqualTo(Projection.EQUIRECT);
        assertThat(firstPicture(stated, WIDTH, HEIGHT)).isEqualTo(firstPicture(panorama, WIDTH, HEIGHT));
        assertThat(Ffmpeg.count(stated)).isEqualTo(FRAMES);
        assertThat(sound(stated)).isEqualTo(sound(panorama));
    }

    @Test
    void aFlatVideoLooksWhereItIsAsked() throws Exception {
        Path right = folder.resolve("right.mp4");

        Convert360.convert(panorama, right, Optional.of(Projection.EQUIRECT), Projection.FLAT, 90, 20, 60);

        VideoInfo info = probe(right);
        int w = info.width();
        int h = info.height();
        double vertical = 2 * Math.toDegrees(Math.atan(Math.tan(Math.toRadians(30)) * h / w));
        View view = new View(90, 20, 60, vertical);
        byte[] expected = Worlds.draw(w, h, (x, y) -> view.through(2 * x / w - 1, 2 * y / h - 1));
        assertThat(Worlds.psnr(firstPicture(right, w, h), expected)).isGreaterThan(30);
        assertThat(info.projection()).isEqualTo(Projection.FLAT);
    }

    @Test
    void whatIsNoPanoramaIsRefusedInOneLine() {
        assertThatThrownBy(() -> convert(panorama, folder.resolve("x.mp4"), Optional.empty(), Projection.EAC))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("around.mp4 does not state that it is a 360° video; say what it is with");
        assertThatThrownBy(() ->
                        convert(panorama, folder.resolve("x.mp4"), Optional.of(Projection.CUBEMAP6X1), Projection.EAC))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("six faces in a row");
    }

    private static void convert(Path in, Path out, Optional<Projection> from, Projection to) throws Exception {
        Convert360.convert(in, out, from, to, 0, 0, 90);
    }

    private static VideoInfo probe(Path file) throws Exception {
        return new FfmpegDecoder().probe(file, VideoDecoder.ANY_STREAM);
    }

    private byte[] firstPicture(Path file, int width, int height) throws Exception {
        return Arrays.copyOf(Ffmpeg.pixels(file, "bgr24", ":w=" + width + ":h=" + height), 3 * width * height);
    }

    /** Checksums of the packets of sound. */
    private List<String> sound(Path file) throws Exception {
        Path hashes = Ffmpeg.make(folder.resolve("hashes.txt"), "-i " + file + " -map 0:a -c copy -f streamhash");
        return Files.readAllLines(hashes);
    }
}
