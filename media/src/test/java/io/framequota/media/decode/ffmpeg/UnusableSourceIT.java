package io.framequota.media.decode.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.media.decode.FrameCursor;
import io.framequota.media.decode.SourceException;
import io.framequota.media.testing.Ffmpeg;
import io.framequota.media.testing.TestVideos;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Unusable sources are refused in one line. Damaged sources are decoded as far as possible, with a warning. */
class UnusableSourceIT {
    /** This transport stream is concatenated from two, so its continuity counters jump. */
    private static final Set<TestVideos> DAMAGED = EnumSet.of(
            TestVideos.DAMAGED_IN_THE_MIDDLE,
            TestVideos.TRUNCATED,
            TestVideos.TRUNCATED_WITHOUT_A_COUNT,
            TestVideos.SIZE_CHANGES);

    @TempDir
    Path folder;

    @Test
    void namesAMissingFile() {
        refused(folder.resolve("nowhere.mp4"), "does not exist");
    }

    @Test
    void refusesAnEmptyFile() throws Exception {
        refused(Files.createFile(folder.resolve("empty.mp4")), "is empty");
    }

    @Test
    void refusesText() throws Exception {
        for (String name : List.of("notes", "notes.txt", "notes.mp4")) {
            refused(Files.writeString(folder.resolve(name), "just a few words\n".repeat(200)), "is not a video");
        }
    }

    @Test
    void refusesPlaylists() throws Exception {
        Path secret = TestVideos.H264.make(folder);
        refused(
                Files.writeString(
                        folder.resolve("list.m3u8"),
                        "#EXTM3U\n#EXTINF:2,\n" + secret.getFileName() + "\n#EXT-X-ENDLIST\n"),
                "is not a video");
        refused(
                Files.writeString(
                        folder.resolve("list.ffconcat"), "ffconcat version 1.0\nfile " + secret.getFileName()),
                "is not a video");
    }

    @Test
    void refusesSoundWithoutVideo() throws Exception {
        refused(Ffmpeg.make(folder.resolve("sound.mp4"), "-f lavfi -i sine=d=1 -c:a aac"), "has no video stream");
    }

    @Test
    void refusesASongWithACover() throws Exception {
        Path cover = Ffmpeg.make(folder.resolve("c.png"), "-f lavfi -i color=c=red:s=64x64 -frames:v 1");
        Path song = Ffmpeg.make(
                folder.resolve("song.m4a"),
                "-f lavfi -i sine=d=1 -i " + cover + " -map 0 -map 1 -c:a aac -c:v copy -disposition:v attached_pic");
        refused(song, "has no video stream");
    }

    @Test
    void warnsAboutDamageInTheMiddle() throws Exception {
        assertThat(warnings(TestVideos.DAMAGED_IN_THE_MIDDLE.make(folder)))
                .hasSize(1)
                .first()
                .asString()
                .contains("is damaged");
    }

    @Test
    void warnsAboutATruncatedFile() throws Exception {
        assertThat(warnings(TestVideos.TRUNCATED.make(folder)))
                .anySatisfy(line -> assertThat(line).contains("ends early"));
        assertThat(warnings(TestVideos.TRUNCATED_WITHOUT_A_COUNT.make(folder)))
                .anySatisfy(line -> assertThat(line).contains("ends early"));
    }

    @Test
    void givesNoWarningForAnUndamagedVideo() throws Exception {
        for (TestVideos kind : TestVideos.values()) {
            if (!DAMAGED.contains(kind)) {
                assertThat(warnings(kind.make(folder))).as(kind.name()).isEmpty();
            }
        }
    }

    @Test
    void warnsAboutATruncatedFileAfterResumingInTheMiddle() throws Exception {
        for (TestVideos kind : List.of(TestVideos.TRUNCATED, TestVideos.TRUNCATED_WITHOUT_A_COUNT)) {
            Path video = kind.make(folder);
            List<String> ending = warnings(video).stream()
                    .filter(w -> w.contains("ends early"))
                    .toList();

            assertThat(resumedWarnings(video))
                    .as(kind.name())
                    .filteredOn(w -> w.contains("ends early"))
                    .isEqualTo(ending)
                    .hasSize(1);
        }
    }

    @Test
    void givesNoWarningForAnUndamagedVideoAfterResumingInTheMiddle() throws Exception {
        for (TestVideos kind : TestVideos.values()) {
            if (!DAMAGED.contains(kind)) {
                assertThat(resumedWarnings(kind.make(folder))).as(kind.name()).isEmpty();
            }
        }
    }

    private static List<String> resumedWarnings(Path video) throws SourceException {
        List<Double> times = new ArrayList<>();
        try (FrameCursor cursor = FrameCursor.open(new FfmpegDecoder(), video)) {
            while (cursor.next()) {
                times.add(cursor.ptsMs());
            }
        }
        int known = (times.size() - 1) / 2;
        try (FrameCursor cursor = FrameCursor.open(new FfmpegDecoder(), video)) {
            cursor.resume(known, times.get(known), known + 1, () -> false);
            while (cursor.next()) {
                assertThat(cursor.ptsMs()).isEqualTo(times.get((int) cursor.index()));
            }
            assertThat(cursor.index()).isEqualTo(times.size() - 1);
            return cursor.warnings();
        }
    }

    private static List<String> warnings(Path video) throws SourceException {
        try (FrameCursor cursor = FrameCursor.open(new FfmpegDecoder(), video)) {
            while (cursor.next()) {
                // Read to the end, where missing frames are noticed.
            }
            return cursor.warnings();
        }
    }

    private static void refused(Path video, String why) {
        assertThatThrownBy(() -> new FfmpegDecoder().open(video))
                .isInstanceOf(SourceException.class)
                .matches(e -> ((SourceException) e).isPermanent() == Files.exists(video), "what is no video stays none")
                .hasMessageContaining(video.getFileName().toString())
                .hasMessageNotContaining(video.getParent().toString())
                .hasMessageContaining(why)
                .message()
                .doesNotContain("\n");
    }
}
