package io.framequota.media.scale.opencv;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.media.decode.DecodedPicture;
import io.framequota.media.decode.Orientation;
import io.framequota.media.scale.PictureScaler;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** Scales a 3 x 2 picture with rows of 64 bytes, whose pixel (x, y) has the value 10 y + x in all three parts. */
class OpenCvScalerIT {
    private static final int STRIDE = 64;

    private static byte[] scale(Orientation orientation, int width, int height, boolean grey) {
        try (Arena arena = Arena.ofConfined();
                PictureScaler scaler = new OpenCvScaler()) {
            MemorySegment pixels = arena.allocate(2 * STRIDE + STRIDE);
            for (int y = 0; y < 2; y++) {
                for (int i = 0; i < 9; i++) {
                    pixels.set(ValueLayout.JAVA_BYTE, y * STRIDE + i, (byte) (10 * y + i / 3));
                }
            }
            return scaler.scale(new DecodedPicture(pixels, 3, 2, STRIDE, orientation), width, height, grey);
        }
    }

    private static String first(byte[] pixels, int channels) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < pixels.length; i += channels) {
            text.append(text.isEmpty() ? "" : " ").append(pixels[i]);
        }
        return text.toString();
    }

    @Test
    void copiesAPictureOfTheRightSizeWithoutPadding() {
        assertThat(first(scale(Orientation.UPRIGHT, 3, 2, false), 3)).isEqualTo("0 1 2 10 11 12");
    }

    @Test
    void aJpegFileHoldsTheScaledPictureWithItsColours() throws IOException {
        try (Arena arena = Arena.ofConfined();
                PictureScaler scaler = new OpenCvScaler()) {
            // Blue at the left, red at the right, in BGR.
            MemorySegment pixels = arena.allocate(64L * 64 * 3);
            for (int i = 0; i < 64 * 64; i++) {
                pixels.set(ValueLayout.JAVA_BYTE, 3L * i + (i % 64 < 32 ? 0 : 2), (byte) 200);
            }
            DecodedPicture picture = new DecodedPicture(pixels, 64, 64, 64 * 3, Orientation.UPRIGHT);
            byte[] file = scaler.scaleToJpeg(picture, 32, 16, false, 95);
            BufferedImage read = ImageIO.read(new ByteArrayInputStream(file));
            assertThat(read.getWidth()).isEqualTo(32);
            assertThat(read.getHeight()).isEqualTo(16);
            assertThat(read.getRGB(4, 8) & 0xff).isBetween(190, 210);
            assertThat(read.getRGB(4, 8) >> 16 & 0xff).isLessThan(15);
            assertThat(read.getRGB(27, 8) >> 16 & 0xff).isBetween(190, 210);
            assertThat(read.getRGB(27, 8) & 0xff).isLessThan(15);
            byte[] best = scaler.scaleToJpeg(picture, 32, 16, false, 100);
            byte[] worst = scaler.scaleToJpeg(picture, 32, 16, false, 10);
            assertThat(worst.length).isLessThan(best.length);
            byte[] grey = scaler.scaleToJpeg(picture, 64, 64, true, 95);
            assertThat(ImageIO.read(new ByteArrayInputStream(grey)).getRaster().getNumBands())
                    .isEqualTo(1);
        }
    }

    @Test
    void greyOfEqualPartsIsTheirValue() {
        assertThat(first(scale(Orientation.UPRIGHT, 3, 2, true), 1)).isEqualTo("0 1 2 10 11 12");
    }

    @Test
    void orientsThePicture() {
        assertThat(first(scale(new Orientation(false, 1), 2, 3, false), 3)).isEqualTo("10 0 11 1 12 2");
        assertThat(first(scale(new Orientation(false, 2), 3, 2, false), 3)).isEqualTo("12 11 10 2 1 0");
        assertThat(first(scale(new Orientation(false, 3), 2, 3, false), 3)).isEqualTo("2 12 1 11 0 10");
        assertThat(first(scale(new Orientation(true, 0), 3, 2, false), 3)).isEqualTo("2 1 0 12 11 10");
    }

    @Test
    void scalesBilinearlyBetweenPixelCentres() {
        assertThat(first(scale(Orientation.UPRIGHT, 3, 1, false), 3)).isEqualTo("5 6 7");
        assertThat(first(scale(Orientation.UPRIGHT, 3, 4, false), 3)).isEqualTo("0 1 2 3 4 5 8 9 10 10 11 12");
    }
}
