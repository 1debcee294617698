package io.framequota.media.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A picture of 96 x 64 with a different colour in each quarter, stored in any of the eight EXIF orientations. */
public final class Quadrants {
    public static final int WIDTH = 96;
    public static final int HEIGHT = 64;
    /** Top left red, top right green, bottom left blue, bottom right white; as RGB. */
    private static final int[][] COLOURS = {{220, 20, 20}, {20, 200, 20}, {20, 20, 220}, {235, 235, 235}};

    private Quadrants() {}

    /** The RGB rows of the picture, stored so that EXIF orientation 1 to 8 makes it upright. */
    public static byte[] stored(int orientation) {
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

    public static int width(int orientation) {
        return orientation > 4 ? HEIGHT : WIDTH;
    }

    public static int height(int orientation) {
        return orientation > 4 ? WIDTH : HEIGHT;
    }

    /** Writes the stored picture to a file that ffmpeg reads. */
    public static Path ppm(Path folder, int orientation) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(("P6\n" + width(orientation) + " " + height(orientation) + "\n255\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.write(stored(orientation));
        return Files.write(folder.resolve("stored" + orientation + ".ppm"), out.toByteArray());
    }

    /** Part 0 (red) to 2 (blue) of the colour of quarter 0 (top left) to 3 (bottom right). */
    public static int colour(int quarter, int part) {
        return COLOURS[quarter][part];
    }
}
