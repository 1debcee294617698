package io.framequota.media.decode.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.media.decode.DecodedPicture;
import io.framequota.media.decode.FrameCursor;
import io.framequota.media.decode.PixelOrder;
import io.framequota.media.testing.Ffmpeg;
import io.framequota.media.testing.TestVideos;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every kind of video gives every frame once at its own time; ffprobe gives the expected frames. */
class ExactFramesIT {
    @TempDir
    Path folder;

    private final FfmpegDecoder decoder = new FfmpegDecoder();

    private record Seen(long index, double ptsMs, long pixels) {}

    @ParameterizedTest
    @EnumSource
    void givesTheFramesAndTimesOfFfprobe(TestVideos kind) throws Exception {
        Path video = kind.make(folder);

        List<Seen> seen = all(video);

        assertThat(seen).hasSize((int) Ffmpeg.count(video)).isNotEmpty();
        List<String> expected = Ffmpeg.times(video);
        assertThat(seen).hasSameSizeAs(expected);
        for (int i = 0; i < seen.size(); i++) {
            assertThat(seen.get(i).index()).isEqualTo(i);
            if (!expected.get(i).equals("N/A")) {
                assertThat(String.format(Locale.ROOT, "%.6f", seen.get(i).ptsMs() / 1000))
                        .as("frame %d", i)
                        .isEqualTo(expected.get(i));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DAMAGED_IN_THE_MIDDLE")
    void aResumedCursorGivesTheSameFrames(TestVideos kind) throws Exception {
        Path video = kind.make(folder);
        List<Seen> seen = all(video);

        for (int known = 0; known < seen.size() - 1; known += 7) {
            int next = Math.min(seen.size() - 1, known + 5);
            try (FrameCursor cursor = FrameCursor.open(decoder, video)) {
                cursor.resume(known, seen.get(known).ptsMs(), next, () -> false);
                assertThat(rest(cursor)).isEqualTo(seen.subList(next, seen.size()));
            }
        }
    }

    private List<Seen> all(Path video) throws Exception {
        try (FrameCursor cursor = FrameCursor.open(decoder, video)) {
            return rest(cursor);
        }
    }

    private static List<Seen> rest(FrameCursor cursor) {
        List<Seen> seen = new ArrayList<>();
        while (cursor.next()) {
            seen.add(new Seen(cursor.index(), cursor.ptsMs(), checksum(cursor.picture(PixelOrder.BGR))));
        }
        return seen;
    }

    private static long checksum(DecodedPicture picture) {
        CRC32 crc = new CRC32();
        byte[] row = new byte[picture.width() * 3];
        for (int y = 0; y < picture.height(); y++) {
            java.lang.foreign.MemorySegment.copy(
                    picture.pixels(), ValueLayout.JAVA_BYTE, (long) y * picture.stride(), row, 0, row.length);
            crc.update(row);
        }
        return crc.getValue();
    }
}
