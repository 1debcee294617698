package io.framequota.media.decode.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.media.decode.FrameCursor;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.VideoDecoder;
import io.framequota.media.testing.Ffmpeg;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Decodes the stream that a viewer would call the video. */
class StreamChoiceIT {
    private static final String PICTURES = "-f lavfi -i testsrc2=s=320x240:r=25:d=1 ";

    @TempDir
    Path folder;

    @Test
    void prefersAVideoToAStillPicture() throws Exception {
        Path file = withStillPictureFirst();

        assertThat(frames(file, VideoDecoder.ANY_STREAM)).isEqualTo(25);
        assertThat(warnings)
                .singleElement()
                .asString()
                .contains("stream 1 (mpeg4, 320 x 240) is used, not 0 (mjpeg, 640 x 640, one picture)", "--stream");
    }

    @Test
    void decodesANamedStream() throws Exception {
        Path file = withStillPictureFirst();

        assertThat(frames(file, 0)).isEqualTo(1);
        assertThat(width).isEqualTo(640);
        assertThat(warnings).isEmpty();
        assertThat(frames(file, 1)).isEqualTo(25);
        assertThat(warnings).isEmpty();
        assertThatThrownBy(() -> new FfmpegDecoder().open(file, 7))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining(
                        "has no video stream 7; its video streams are 0 (mjpeg, 640 x 640, one picture), 1");
    }

    @Test
    void ignoresACoverWithoutAWarning() throws Exception {
        Path cover = Ffmpeg.make(folder.resolve("c.png"), "-f lavfi -i color=c=red:s=640x640 -frames:v 1");
        Path file = Ffmpeg.make(
                folder.resolve("covered.mp4"),
                "-i " + cover + " " + PICTURES
                        + "-map 0 -map 1 -c:v:0 copy -c:v:1 mpeg4 -disposition:v:0 attached_pic");

        assertThat(frames(file, VideoDecoder.ANY_STREAM)).isEqualTo(25);
        assertThat(warnings).isEmpty();
    }

    @Test
    void decodesTheDefaultOfTwoVideosAndNamesTheOther() throws Exception {
        Path file = Ffmpeg.make(
                folder.resolve("two.mkv"),
                PICTURES + "-f lavfi -i testsrc2=s=640x480:r=10:d=1 -map 0 -map 1 -c:v mpeg4 -disposition:v:0 default"
                        + " -disposition:v:1 0");
        assertThat(frames(file, VideoDecoder.ANY_STREAM)).isEqualTo(25);
        assertThat(warnings).singleElement().asString().contains("stream 0", "not 1 (mpeg4, 640 x 480)");

        Path other = Ffmpeg.make(
                folder.resolve("other.mkv"),
                "-i " + file + " -map 0 -c copy -disposition:v:0 0 -disposition:v:1 default");
        assertThat(frames(other, VideoDecoder.ANY_STREAM)).isEqualTo(10);
    }

    private Path withStillPictureFirst() throws Exception {
        Path still = Ffmpeg.make(folder.resolve("s.jpg"), "-f lavfi -i color=c=red:s=640x640 -frames:v 1");
        return Ffmpeg.make(
                folder.resolve("still.mp4"), "-i " + still + " " + PICTURES + "-map 0 -map 1 -c:v:0 copy -c:v:1 mpeg4");
    }

    private List<String> warnings = List.of();
    private int width;

    private long frames(Path video, int stream) throws Exception {
        try (FrameCursor cursor = FrameCursor.open(new FfmpegDecoder(), video, stream)) {
            width = cursor.info().width();
            while (cursor.next()) {
                assertThat(cursor.width()).isEqualTo(width);
            }
            warnings = cursor.warnings();
            return cursor.index() + 1;
        }
    }
}
