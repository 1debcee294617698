package io.framequota.media.decode.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.media.decode.FrameCursor;
import io.framequota.media.testing.Ffmpeg;
import io.framequota.media.testing.Orientations;
import io.framequota.media.testing.Quadrants;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every picture is upright, whatever part of the file states its orientation. */
class FrameOrientationIT {
    @TempDir
    Path folder;

    private interface Maker {
        Path make(Path folder, int orientation) throws IOException, InterruptedException;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void jpegByExif(int orientation) throws Exception {
        upright(Orientations::jpeg, orientation, 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void pngByExif(int orientation) throws Exception {
        upright(Orientations::png, orientation, 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void webpByExif(int orientation) throws Exception {
        upright(Orientations::webp, orientation, 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void tiffByItsTag(int orientation) throws Exception {
        upright(Orientations::tiff, orientation, 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void avifByItsProperties(int orientation) throws Exception {
        upright(Orientations::avif, orientation, 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void h264ByItsMessage(int orientation) throws Exception {
        upright(Orientations::h264, orientation, 12);
    }

    @Test
    void appliesTheSameOrientationOfContainerAndStreamOnce() throws Exception {
        Path inside = Orientations.h264(folder, 6);
        Path both = Ffmpeg.make(folder.resolve("both.mp4"), "-display_rotation 270 -i " + inside + " -c copy");

        assertThat(frames(both)).isEqualTo(12);
    }

    private void upright(Maker maker, int orientation, int expected) throws Exception {
        assertThat(frames(maker.make(folder, orientation))).isEqualTo(expected);
    }

    /** Asserts that all frames are upright, and counts them. */
    private static int frames(Path file) throws Exception {
        try (FrameCursor cursor = FrameCursor.open(new FfmpegDecoder(), file)) {
            assertThat(cursor.info().width()).isEqualTo(Quadrants.WIDTH);
            assertThat(cursor.info().height()).isEqualTo(Quadrants.HEIGHT);
            int frames = 0;
            while (cursor.next()) {
                Upright.assertUpright(cursor, file.getFileName() + " frame " + frames++);
            }
            assertThat(cursor.warnings()).isEmpty();
            return frames;
        }
    }
}
