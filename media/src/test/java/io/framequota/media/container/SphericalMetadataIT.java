package io.framequota.media.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.contract.frame.Projection;
import io.framequota.media.container.SphericalMetadata.Version;
import io.framequota.media.decode.VideoDecoder;
import io.framequota.media.decode.VideoInfo;
import io.framequota.media.decode.ffmpeg.FfmpegDecoder;
import io.framequota.media.testing.Ffmpeg;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SphericalMetadataIT {
    private static final long FIVE_GIB = 5L << 30;

    @TempDir
    Path folder;

    private Path video;

    @BeforeEach
    void make() throws Exception {
        video = Ffmpeg.make(
                folder.resolve("v.mp4"),
                "-f lavfi -i sine=d=1 -f lavfi -i testsrc2=s=320x160:r=10:d=1 -c:v libopenh264 -c:a aac");
    }

    @Test
    void bothVersionsAreReadByUsAndByFfprobe() throws Exception {
        assertThat(projection(video)).isEqualTo(Projection.FLAT);

        SphericalMetadata.write(video, Projection.EQUIRECT, Version.BOTH);

        assertThat(projection(video)).isEqualTo(Projection.EQUIRECT);
        assertThat(Ffmpeg.stream(video, "index:stream_side_data=side_data_type,projection"))
                .contains("Spherical Mapping", "equirectangular");
        assertThat(Ffmpeg.count(video)).isEqualTo(10);
    }

    @Test
    void version1IsReadAlone() throws Exception {
        SphericalMetadata.write(video, Projection.EQUIRECT, Version.ONE);

        assertThat(projection(video)).isEqualTo(Projection.EQUIRECT);
        assertThat(Ffmpeg.stream(video, "index:stream_side_data=side_data_type,projection"))
                .contains("Spherical Mapping", "equirectangular");
    }

    /** The byte behind the version and flags of the box st3d: 1 is one picture above the other, 2 side by side. */
    @ParameterizedTest
    @CsvSource({"1, 'a picture for each eye, one above the other'", "2, 'a picture for each eye, side by side'"})
    void aPictureForEachEyeIsToldFromOne(int mode, String words) throws Exception {
        SphericalMetadata.write(video, Projection.EQUIRECT, Version.TWO);
        byte[] bytes = Files.readAllBytes(video);
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("st3d");
        bytes[at + 8] = (byte) mode;
        Files.write(video, bytes);

        VideoInfo info = new FfmpegDecoder().probe(video, VideoDecoder.ANY_STREAM);

        assertThat(info.projection()).isEqualTo(Projection.FLAT);
        assertThat(info.refusal())
                .isEqualTo("the source is a 360° video with " + words + ", which is not supported; give a video of one"
                        + " whole sphere, or --projection flat to use its pictures as they are");
    }

    @Test
    void version2HasPrecedence() throws Exception {
        SphericalMetadata.write(video, Projection.EQUIRECT, Version.ONE);
        SphericalMetadata.write(video, Projection.CUBEMAP, Version.TWO);

        assertThat(projection(video)).isEqualTo(Projection.CUBEMAP);
        assertThat(Ffmpeg.stream(video, "index:stream_side_data=side_data_type,projection"))
                .contains("Spherical Mapping", "cubemap");
    }

    @Test
    void aFileOfMoreThan4GibIsRead() throws Exception {
        Path large = folder.resolve("large.mp4");
        widened(video, large);
        assertThat(Files.size(large)).isGreaterThan(FIVE_GIB);

        SphericalMetadata.write(large, Projection.EQUIRECT, Version.BOTH);

        assertThat(projection(large)).isEqualTo(Projection.EQUIRECT);
        assertThat(Ffmpeg.stream(large, "index:stream_side_data=side_data_type,projection"))
                .contains("Spherical Mapping");
        assertThat(Ffmpeg.count(large)).isEqualTo(10);
    }

    @Test
    void anIndexInFrontOfTheMediaAndDamageAreRefusedInOneLine() throws Exception {
        Path front = Ffmpeg.make(folder.resolve("front.mp4"), "-i " + video + " -c copy -movflags +faststart");
        Path broken = Files.write(folder.resolve("broken.mp4"), new byte[] {0, 0, 0, 4, 'm', 'o', 'o', 'v', 0, 0});

        assertThatThrownBy(() -> SphericalMetadata.write(front, Projection.EQUIRECT, Version.BOTH))
                .isInstanceOf(IOException.class)
                .hasMessage("the index is not at the end of the file");
        assertThatThrownBy(() -> SphericalMetadata.write(broken, Projection.EQUIRECT, Version.BOTH))
                .isInstanceOf(IOException.class)
                .hasMessage("box moov has a wrong size");
    }

    private static Projection projection(Path file) throws Exception {
        return new FfmpegDecoder().probe(file, VideoDecoder.ANY_STREAM).projection();
    }

    /** Copies a file with a hole of 5 GiB, in a box with a size of 64 bits, in front of its index. */
    private static void widened(Path from, Path to) throws IOException {
        byte[] bytes = Files.readAllBytes(from);
        int index = new String(bytes, StandardCharsets.ISO_8859_1).lastIndexOf("moov") - 4;
        try (FileChannel out = FileChannel.open(
                to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            out.write(ByteBuffer.wrap(bytes, 0, index));
            out.write(ByteBuffer.allocate(16)
                    .putInt(1)
                    .put("free".getBytes(StandardCharsets.ISO_8859_1))
                    .putLong(FIVE_GIB)
                    .flip());
            out.write(ByteBuffer.wrap(bytes, index, bytes.length - index), index + FIVE_GIB);
        }
    }
}
