package io.framequota.media.decode.ffmpeg;

import static io.framequota.media.testing.Quadrants.HEIGHT;
import static io.framequota.media.testing.Quadrants.WIDTH;
import static io.framequota.media.testing.Quadrants.colour;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.framequota.media.decode.FrameCursor;
import io.framequota.media.decode.PixelOrder;
import io.framequota.media.scale.PictureScaler;
import io.framequota.media.scale.opencv.OpenCvScaler;

/** Checks that {@link io.framequota.media.testing.Quadrants} are shown as they are. */
final class Upright {
    private Upright() {}

    /** Asserts that the current frame is upright and has its own size. */
    static void assertUpright(FrameCursor cursor, String what) {
        assertThat(cursor.width()).as("width of %s", what).isEqualTo(WIDTH);
        assertThat(cursor.height()).as("height of %s", what).isEqualTo(HEIGHT);
        byte[] bgr;
        try (PictureScaler scaler = new OpenCvScaler()) {
            bgr = scaler.scale(cursor.picture(PixelOrder.BGR), WIDTH, HEIGHT, false);
        }
        for (int q = 0; q < 4; q++) {
            int x = WIDTH / 4 + (q % 2) * WIDTH / 2;
            int y = HEIGHT / 4 + (q / 2) * HEIGHT / 2;
            for (int c = 0; c < 3; c++) {
                assertThat(bgr[(y * WIDTH + x) * 3 + 2 - c] & 0xFF)
                        .as("quarter %d, colour %d of %s", q, c, what)
                        .isCloseTo(colour(q, c), within(40));
            }
        }
    }
}
