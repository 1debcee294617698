package io.framequota.ingest.decode.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.framequota.ingest.decode.FrameCursor;
import io.framequota.ingest.decode.PixelOrder;
import io.framequota.ingest.scale.PictureScaler;
import io.framequota.ingest.scale.opencv.OpenCvScalerFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A picture of 96 x 64 with a different colour in each quarter, stored in any of the eight EXIF orientations. */
final class Quadrants {
    static final int WIDTH = 96;
    static final int HEIGHT = 64;
    /** Top left red, top right green, bottom left blue, bottom right white; as RGB. */
    private static final int[][] COLOURS = {{220, 20, 20}, {20, 200, 20}, {20, 20, 220}, {235, 235, 235}};

    private Quadrants() {}

    /** The RGB rows of the picture, stored so that EXIF orientation 1 to 8 makes it upright. */
    static byte[] stored(int orientation) {
        int w = width(orientation);
        int h = height(orientation);
        byte[] rgb = new byte[w * h * 3];
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                int u = switch (orientation) {
                    case 2, 3 -> w - 1 - x;
                    case 5, 8 -> y;
                    case 6, 7 -> h - 1 - y;
                    default -> x;
                };
                int v = switch (orientation) {
                    case 3, 4 -> h - 1 - y;
                    case 5, 6 -> x;
                    case 7, 8 -> w - 1 - x;
                    default -> y;
                };
                int[] colour = COLOURS[(v < HEIGHT / 2 ? 0 : 2) + (u < WIDTH / 2 ? 0 : 1)];
                for (int c = 0; c < 3; c++) {
                    rgb[(y * w + x) * 3 + c] = (byte) colour[c];
                }
            }
        }
        return rgb;
    }

    static int width(int orientation) {
        return orientation > 4 ? HEIGHT : WIDTH;
    }

    static int height(int orientation) {
        return orientation > 4 ? WIDTH : HEIGHT;
    }

    /** Writes the stored picture to a file that ffmpeg reads. */
    static Path ppm(Path folder, int orientation) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(("P6\n" + width(orientation) + " " + height(orientation) + "\n255\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.write(stored(orientation));
        return Files.write(folder.resolve("stored" + orientation + ".ppm"), out.toByteArray());
    }

    /** Asserts that the current frame is upright and has its own size. */
    static void assertUpright(FrameCursor cursor, String what) {
        assertThat(cursor.width()).as("width of %s", what).isEqualTo(WIDTH);
        assertThat(cursor.height()).as("height of %s", what).isEqualTo(HEIGHT);
        byte[] bgr;
        try (PictureScaler scaler = new OpenCvScalerFactory().open()) {
            bgr = scaler.scale(cursor.picture(PixelOrder.BGR), WIDTH, HEIGHT, false);
        }
        for (int q = 0; q < 4; q++) {
            int x = WIDTH / 4 + (q % 2) * WIDTH / 2;
            int y = HEIGHT / 4 + (q / 2) * HEIGHT / 2;
            for (int c = 0; c < 3; c++) {
                assertThat(bgr[(y * WIDTH + x) * 3 + 2 - c] & 0xFF)
                        .as("quarter %d, colour %d of %s", q, c, what)
                        .isCloseTo(COLOURS[q][c], within(40));
            }
        }
    }
}
