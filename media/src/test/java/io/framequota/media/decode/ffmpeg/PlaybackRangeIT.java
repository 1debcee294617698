package io.framequota.media.decode.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.media.decode.FrameCursor;
import io.framequota.media.testing.Boxes;
import io.framequota.media.testing.Ffmpeg;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A source ends early when its video does, not when another stream is longer. */
class PlaybackRangeIT {
    private static final String PICTURES = "-f lavfi -i testsrc2=s=320x240:r=25:d=";

    @TempDir
    Path folder;

    @Test
    void anEditListSelectsAPartOfTheStoredVideo() throws Exception {
        Path whole =
                Ffmpeg.make(folder.resolve("whole.mp4"), PICTURES + "3 -c:v libopenh264 -g 9999 -movflags +faststart");
        Path trimmed = withoutItsFirstSecond(whole);

        assertThat(frames(trimmed)).isEqualTo(50);
        assertThat(warnings).isEmpty();
        assertThat(expected).isEqualTo(50);

        assertThat(frames(cut(trimmed, 0.6))).isBetween(1L, 49L);
        assertThat(warnings).anySatisfy(w -> assertThat(w).contains("ends early"));
    }

    @Test
    void longerSoundDoesNotMeanMissingVideo() throws Exception {
        for (String kind : List.of("mkv", "mp4", "ts", "avi")) {
            Path file = Ffmpeg.make(
                    folder.resolve("long-sound." + kind),
                    "-f lavfi -i sine=d=12 " + PICTURES + "2 -map 0 -map 1 -c:a aac -c:v mpeg4 -g 10");

            assertThat(frames(file)).as(kind).isEqualTo(50);
            assertThat(warnings).as(kind).isEmpty();
        }
    }

    @Test
    void longerSubtitlesDoNotMeanMissingVideo() throws Exception {
        Path words = Files.writeString(
                folder.resolve("words.srt"),
                "1\n00:00:00,000 --> 00:00:01,000\na\n\n2\n00:00:30,000 --> 00:00:31,000\nb\n");
        Path file = Ffmpeg.make(
                folder.resolve("words.mkv"), PICTURES + "2 -i " + words + " -map 0 -map 1 -c:v mpeg4 -c:s copy");

        assertThat(frames(file)).isEqualTo(50);
        assertThat(warnings).isEmpty();
    }

    @Test
    void theLastPictureOfASlowSourceIsShownAsLongAsTheOthers() throws Exception {
        Path file = Ffmpeg.make(
                folder.resolve("slides.mkv"), "-f lavfi -i testsrc2=s=320x240:r=1/5:d=25 -c:v libopenh264 -g 1");

        assertThat(frames(file)).isEqualTo(5);
        assertThat(warnings).isEmpty();
    }

    @Test
    void aTruncatedFileWithSoundEndsEarly() throws Exception {
        Path file = Ffmpeg.make(
                folder.resolve("sound.mkv"),
                "-f lavfi -i sine=d=10 " + PICTURES + "10 -map 0 -map 1 -c:a aac -c:v mpeg4 -g 10");

        assertThat(frames(cut(file, 0.5))).isBetween(50L, 200L);
        assertThat(warnings).anySatisfy(w -> assertThat(w).contains("ends early", "10.0 s"));
    }

    private List<String> warnings = List.of();
    private long expected;

    private long frames(Path video) throws Exception {
        try (FrameCursor cursor = FrameCursor.open(new FfmpegDecoder(), video)) {
            expected = cursor.info().expectedFrames();
            while (cursor.next()) {
                assertThat(cursor.width()).isEqualTo(320);
            }
            warnings = cursor.warnings();
            return cursor.index() + 1;
        }
    }

    /** Moves the start of the existing edit list by a second. */
    private Path withoutItsFirstSecond(Path whole) throws Exception {
        byte[] bytes = Files.readAllBytes(whole);
        ByteBuffer file = ByteBuffer.wrap(bytes);
        int edits = Boxes.find(bytes, "elst", 0);
        int ticks = file.getInt(Boxes.find(bytes, "mdhd", 0) + 20);
        file.putInt(edits + 16, 2000).putInt(edits + 20, file.getInt(edits + 20) + ticks);
        return Files.write(folder.resolve("trimmed.mp4"), bytes);
    }

    private Path cut(Path whole, double part) throws Exception {
        Path cut = Files.copy(whole, folder.resolve("cut-" + whole.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel file = FileChannel.open(cut, StandardOpenOption.WRITE)) {
            file.truncate((long) (file.size() * part));
        }
        return cut;
    }
}
