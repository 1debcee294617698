package io.framequota.media.decode.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.media.decode.FrameCursor;
import io.framequota.media.testing.Ffmpeg;
import io.framequota.media.testing.TestVideos;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames with parts that the decoder made up are marked, and a warning gives their number and the first of them. */
class DamagedPicturesIT {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"", " -huffman default"})
    void reportsHalfAJpegAsDamaged(String how) throws Exception {
        Path whole = Ffmpeg.make(folder.resolve("whole.jpg"), "-f lavfi -i testsrc2=s=320x240 -frames:v 1" + how);

        assertThat(damaged(whole)).isEmpty();
        assertThat(damaged(cut(whole, "half.jpg", 0.5))).containsExactly(0L);
        assertThat(damaged(cut(whole, "nearly.jpg", 0.99))).containsExactly(0L);
        assertThat(warnings)
                .singleElement()
                .asString()
                .contains("is damaged", "1 frame is shown with errors", "first frame 0");
    }

    @Test
    void reportsHalfAGifPictureAsDamaged() throws Exception {
        Path whole = Ffmpeg.make(folder.resolve("whole.gif"), "-f lavfi -i testsrc2=s=320x240:r=5:d=1");

        assertThat(damaged(whole)).isEmpty();
        assertThat(damaged(cut(whole, "half.gif", 0.5))).hasSize(1);
    }

    @Test
    void countsOnlyTheTruncatedPicturesOfAMotionJpeg() throws Exception {
        Path whole = Ffmpeg.make(
                folder.resolve("whole.avi"), "-f lavfi -i testsrc2=s=320x240:r=10:d=1 -c:v mjpeg -pix_fmt yuvj420p");
        byte[] bytes = Files.readAllBytes(whole);
        List<Integer> pictures = new ArrayList<>();
        for (int i = 0; i + 1 < bytes.length; i++) {
            if (bytes[i] == (byte) 0xFF && bytes[i + 1] == (byte) 0xD8) {
                pictures.add(i);
            }
        }
        assertThat(pictures).hasSize(10);
        for (int picture : new int[] {3, 7}) {
            // The second half of the picture's bytes, its end mark included, is lost.
            int from = (pictures.get(picture) + pictures.get(picture + 1)) / 2;
            Arrays.fill(bytes, from, pictures.get(picture + 1) - 8, (byte) 0);
        }

        assertThat(damaged(whole)).isEmpty();
        assertThat(damaged(Files.write(folder.resolve("cut.avi"), bytes))).containsExactly(3L, 7L);
        assertThat(warnings)
                .singleElement()
                .asString()
                .contains("2 frames are shown with errors", "first frame 3 at 0.3 s");
    }

    @Test
    void reportsConcealedBlocksAsDamaged() throws Exception {
        Path video = TestVideos.DAMAGED_IN_THE_MIDDLE.make(folder);

        List<Long> damaged = damaged(video);

        assertThat(damaged)
                .isNotEmpty()
                .first()
                .satisfies(first -> assertThat(first).isBetween(5L, 45L));
        assertThat(warnings.getFirst()).contains("first frame " + damaged.getFirst() + " at");
    }

    private List<String> warnings = List.of();

    private List<Long> damaged(Path video) throws Exception {
        List<Long> damaged = new ArrayList<>();
        try (FrameCursor cursor = FrameCursor.open(new FfmpegDecoder(), video)) {
            while (cursor.next()) {
                if (cursor.damaged()) {
                    damaged.add(cursor.index());
                }
            }
            warnings = cursor.warnings();
        }
        assertThat(warnings.isEmpty()).isEqualTo(damaged.isEmpty());
        return damaged;
    }

    private Path cut(Path whole, String name, double part) throws Exception {
        byte[] bytes = Files.readAllBytes(whole);
        return Files.write(folder.resolve(name), Arrays.copyOf(bytes, (int) (bytes.length * part)));
    }
}
