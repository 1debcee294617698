package io.framequota.media.encode.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.result.Detection;
import io.framequota.media.decode.ColorInfo;
import io.framequota.media.decode.DecodedPicture;
import io.framequota.media.decode.FrameCursor;
import io.framequota.media.decode.PixelOrder;
import io.framequota.media.decode.ffmpeg.FfmpegDecoder;
import io.framequota.media.draw.opencv.BoxPainter;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Mp4EncoderIT {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 480;
    private static final int PICTURES = 30;
    private static final int BLOCK = 8;
    private static final int FPS = 25;

    @TempDir
    Path folder;

    /** Grey, because colours lose half of their resolution in any case. */
    @Test
    void everyPictureLooksLikeTheDrawnOneAndNothingMovingLeavesATrace() throws Exception {
        byte[][] drawn = drawn();
        Path file = folder.resolve("out.mp4");
        try (Mp4Encoder encoder = Mp4Encoder.open(file, WIDTH, HEIGHT, FPS, ColorInfo.BT709)) {
            for (int i = 0; i < PICTURES; i++) {
                encoder.add(bgr(drawn[i]), i * 1000.0 / FPS);
            }
            encoder.finish();
        }

        double worstPsnr = Double.MAX_VALUE;
        double worstBlock = 0;
        int pictures = 0;
        try (FrameCursor cursor = FrameCursor.open(new FfmpegDecoder(), file)) {
            while (cursor.next()) {
                double[] squares = squares(drawn[pictures], cursor.picture(PixelOrder.BGR));
                double mean = Arrays.stream(squares).average().orElseThrow();
                worstPsnr = Math.min(worstPsnr, 10 * Math.log10(255 * 255 / mean));
                worstBlock = Math.max(
                        worstBlock, Math.sqrt(Arrays.stream(squares).max().orElseThrow()));
                pictures++;
            }
        }

        assertThat(pictures).isEqualTo(PICTURES);
        // 2026-11-30: 36.7, and 33.9 with the bit rate of version 0.1.0.
        assertThat(worstPsnr).as("PSNR of the worst picture, in dB").isGreaterThan(35.5);
        assertThat(worstBlock).as("error of the worst block, in grey levels").isLessThan(20);
    }

    /** Behind the boxes it is as bright as they are, so that only colours change. */
    @Test
    void boxesThatMoveLeaveNoTrace() throws Exception {
        Path file = folder.resolve("boxes.mp4");
        try (Mp4Encoder encoder = Mp4Encoder.open(file, WIDTH, HEIGHT, 10, ColorInfo.BT709)) {
            for (int i = 0; i < PICTURES; i++) {
                byte[] picture = bgr(bright());
                BoxPainter.draw(
                        picture,
                        WIDTH,
                        HEIGHT,
                        List.of(new Detection("person", 0, 0.9f, left(i), 100, left(i) + 100, 400)));
                encoder.add(picture, i * 100);
            }
            encoder.finish();
        }

        try (FrameCursor cursor = FrameCursor.open(new FfmpegDecoder(), file)) {
            while (cursor.next()) {
                int left = left((int) cursor.index());
                DecodedPicture picture = cursor.picture(PixelOrder.BGR);
                for (int x = 0; x < WIDTH; x++) {
                    if (x < left - 8 || x > left + 108) {
                        assertThat(colour(picture, x, 300))
                                .as("colour at %d in %d", x, cursor.index())
                                .isLessThan(60);
                    }
                }
            }
        }
    }

    private static int left(int picture) {
        return 40 + 77 * (7 * picture % 5);
    }

    private static byte[] bright() {
        Random random = new Random(5);
        byte[] grey = new byte[WIDTH * HEIGHT];
        for (int i = 0; i < grey.length; i++) {
            grey[i] = (byte) (169 + random.nextInt(-4, 5));
        }
        return grey;
    }

    private static int colour(DecodedPicture picture, int x, int y) {
        long at = (long) y * picture.stride() + x * 3L;
        int blue = picture.pixels().get(ValueLayout.JAVA_BYTE, at) & 0xff;
        int red = picture.pixels().get(ValueLayout.JAVA_BYTE, at + 2) & 0xff;
        return Math.abs(red - blue);
    }

    /** A dark and a bright rectangle cross a texture, which moves too and has a camera's noise. */
    private static byte[][] drawn() {
        Random random = new Random(1);
        byte[][] pictures = new byte[PICTURES][WIDTH * HEIGHT];
        for (int i = 0; i < PICTURES; i++) {
            for (int y = 0; y < HEIGHT; y++) {
                for (int x = 0; x < WIDTH; x++) {
                    pictures[i][y * WIDTH + x] = (byte) grey(x, y, i, random.nextInt(-8, 9));
                }
            }
        }
        return pictures;
    }

    private static int grey(int x, int y, int picture, int noise) {
        if (Math.abs(x - 14 * picture) < 40 && Math.abs(y - 160) < 60) {
            return 30;
        }
        if (Math.abs(x - 560 + 10 * picture) < 30 && Math.abs(y - 340) < 50) {
            return 220;
        }
        return 120 + noise + (int) (25 * Math.sin((x + picture) / 3.0) * Math.sin(y / 4.0));
    }

    private static byte[] bgr(byte[] grey) {
        byte[] bgr = new byte[grey.length * 3];
        for (int i = 0; i < bgr.length; i++) {
            bgr[i] = grey[i / 3];
        }
        return bgr;
    }

    /** The mean squared error of each block, in green, which the conversion from YUV keeps best. */
    private static double[] squares(byte[] drawn, DecodedPicture picture) {
        double[] squares = new double[WIDTH / BLOCK * (HEIGHT / BLOCK)];
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                int got = picture.pixels().get(ValueLayout.JAVA_BYTE, (long) y * picture.stride() + x * 3L + 1) & 0xff;
                int error = got - (drawn[y * WIDTH + x] & 0xff);
                squares[y / BLOCK * (WIDTH / BLOCK) + x / BLOCK] += (double) error * error / (BLOCK * BLOCK);
            }
        }
        return squares;
    }
}
