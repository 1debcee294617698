package io.framequota.media.decode.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.framequota.contract.frame.Projection;
import io.framequota.media.decode.FrameCursor;
import io.framequota.media.decode.PacketReader;
import io.framequota.media.decode.PixelOrder;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.VideoDecoder;
import io.framequota.media.decode.VideoInfo;
import io.framequota.media.scale.PictureScaler;
import io.framequota.media.scale.opencv.OpenCvScaler;
import io.framequota.media.testing.Ffmpeg;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives of pictures against the same pictures as files. */
class PictureArchiveIT {
    private final FfmpegDecoder decoder = new FfmpegDecoder();
    private final Map<String, Path> files = new LinkedHashMap<>();

    @TempDir
    private Path folder;

    @BeforeEach
    void makePictures() throws Exception {
        picture("in/10.jpg", "160x120");
        picture("in/2.png", "64x48");
        picture("in/1.jpg", "320x240");
        files.put("in/3.png", Files.write(folder.resolve("empty.png"), new byte[0]));
        files.put("in/4.png", Files.writeString(folder.resolve("broken.png"), "not a picture"));
        files.put("notes.txt", Files.writeString(folder.resolve("notes.txt"), "x"));
        files.put("__MACOSX/in/._1.jpg", folder.resolve("notes.txt"));
    }

    @Test
    void eachPictureIsAFrameWithItsNameAndSize() throws Exception {
        List<String> frames = new ArrayList<>();
        try (FrameCursor cursor = FrameCursor.open(decoder, zip())) {
            assertThat(cursor.info()).isEqualTo(new VideoInfo(320, 240, 5, 200, 25, "mjpeg", false, Projection.FLAT));
            while (cursor.next()) {
                frames.add(cursor.index() + " " + cursor.ptsMs() + " " + cursor.file() + " " + cursor.width() + "x"
                        + cursor.height() + (cursor.error() == null ? "" : " " + cursor.error()));
                if (cursor.error() == null) {
                    assertThat(hash(cursor)).isEqualTo(hashOf(files.get(cursor.file())));
                }
            }
            assertThat(cursor.warnings())
                    .containsExactly(
                            "a file is no picture and left out: notes.txt",
                            "2 pictures cannot be read, the first is in/3.png: the file is empty");
        }
        assertThat(frames)
                .containsExactly(
                        "0 0.0 in/1.jpg 320x240",
                        "1 40.0 in/2.png 64x48",
                        "2 80.0 in/3.png 320x240 the file is empty",
                        "3 120.0 in/4.png 320x240 this is not a picture of a known format, or its bytes are damaged",
                        "4 160.0 in/10.jpg 160x120");
    }

    @Test
    void readingGoesOnWithAnyPicture() throws Exception {
        try (FrameCursor cursor = FrameCursor.open(decoder, zip())) {
            cursor.resume(1, 40, 3, () -> false);

            assertThat(cursor.next()).isTrue();
            assertThat(cursor.index()).isEqualTo(3);
            assertThat(cursor.file()).isEqualTo("in/4.png");
        }
    }

    @Test
    void packetsAreTheFilesOwnBytes() throws Exception {
        try (PacketReader packets = decoder.packets(zip(), VideoDecoder.ANY_STREAM)) {
            assertThat(packets.info().codec()).isEqualTo("mjpeg");
            assertThat(packets.next()).isTrue();
            assertThat(packets.irregular()).isEmpty();
            assertThat(packets.unit().getData())
                    .isEqualTo(ByteString.copyFrom(Files.readAllBytes(files.get("in/1.jpg"))));
            assertThat(packets.unit().getFile()).isEqualTo("in/1.jpg");
            assertThat(packets.next()).isTrue();
            assertThat(packets.irregular()).isEqualTo("in/2.png is not a picture of the same format as the first one");
            assertThat(packets.next()).isTrue();
            assertThat(packets.irregular()).isEqualTo("in/3.png is empty");
        }
    }

    @Test
    void theProbeCountsPictures() throws Exception {
        assertThat(decoder.probe(zip(), VideoDecoder.ANY_STREAM))
                .isEqualTo(new VideoInfo(320, 240, 5, 200, 25, "mjpeg", false, Projection.FLAT));
    }

    @Test
    void anArchiveWithoutAUsablePictureIsRefused() throws Exception {
        files.keySet().removeIf(name -> name.startsWith("in/1") || name.equals("in/2.png"));
        Path broken = zip();

        assertThatThrownBy(() -> decoder.open(broken))
                .isInstanceOf(SourceException.class)
                .hasMessage("a.zip holds no picture that can be read (in/3.png: the file is empty)");
        files.keySet().removeIf(name -> name.startsWith("in/"));
        Path none = zip();
        assertThatThrownBy(() -> decoder.probe(none, VideoDecoder.ANY_STREAM))
                .hasMessage("a.zip holds no picture (such as .jpg or .png) among 2 files; give an archive of pictures,"
                        + " or the video itself");
    }

    @Test
    void theSearchForTheFirstPictureEndsAfterAHundredThatAreBroken() throws Exception {
        for (int i = 0; i < 100; i++) {
            files.put("in/0-" + i + ".jpg", folder.resolve("broken.png"));
        }
        Path broken = zip();
        String message = "a.zip holds no picture that can be read among its first 100 that are not empty (in/0-0.jpg:"
                + " this is not a picture of a known format, or its bytes are damaged)";

        assertThatThrownBy(() -> decoder.probe(broken, VideoDecoder.ANY_STREAM)).hasMessage(message);
        assertThatThrownBy(() -> decoder.open(broken)).hasMessage(message);
        files.remove("in/0-7.jpg");
        assertThat(decoder.probe(zip(), VideoDecoder.ANY_STREAM).width()).isEqualTo(320);
    }

    private void picture(String name, String size) throws IOException, InterruptedException {
        Path file = folder.resolve(name.replace('/', '-'));
        String jpeg = name.endsWith(".jpg") ? " -pix_fmt yuvj420p" : "";
        files.put(name, Ffmpeg.make(file, "-f lavfi -i testsrc2=s=" + size + " -frames:v 1" + jpeg));
    }

    private Path zip() throws IOException {
        Path file = folder.resolve("a.zip");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, Path> entry : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(Files.readAllBytes(entry.getValue()));
                zip.closeEntry();
            }
        }
        return file;
    }

    private int hashOf(Path file) throws SourceException {
        try (FrameCursor cursor = FrameCursor.open(decoder, file)) {
            cursor.next();
            return hash(cursor);
        }
    }

    private static int hash(FrameCursor cursor) {
        try (PictureScaler scaler = new OpenCvScaler()) {
            return Arrays.hashCode(
                    scaler.scale(cursor.picture(PixelOrder.BGR), cursor.width(), cursor.height(), false));
        }
    }
}
