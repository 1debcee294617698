package io.framequota.inference.preprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.contract.frame.FrameMeta;
import io.framequota.contract.frame.FrameMeta.Encoding;
import io.framequota.inference.model.Preprocessing.Colour;
import io.framequota.inference.testing.Jpeg;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class JpegDecoderTest {
    private static final int WIDTH = 48;
    private static final int HEIGHT = 32;
    /** The largest change that good-quality JPEG makes to a plain surface. */
    private static final int NEAR = 3;

    private final JpegDecoder decoder = new JpegDecoder();

    private static FrameMeta frame(int width, int height, int channels) {
        return new FrameMeta(
                "j", 0, 0, 0, width, height, channels, Encoding.JPEG, width, height, 1, 1, 0, 0, null, null);
    }

    private static FrameMeta frame() {
        return frame(WIDTH, HEIGHT, 3);
    }

    /** The channels of the first pixel, after checking that all other pixels are nearly the same. */
    private static int[] surface(byte[] pixels, int channels) {
        assertThat(pixels).hasSize(WIDTH * HEIGHT * channels);
        for (int i = channels; i < pixels.length; i++) {
            assertThat(pixels[i] & 0xff)
                    .isBetween((pixels[i % channels] & 0xff) - NEAR, (pixels[i % channels] & 0xff) + NEAR);
        }
        int[] first = new int[channels];
        Arrays.setAll(first, i -> pixels[i] & 0xff);
        return first;
    }

    @Test
    void channelsHaveTheModelsOrder() {
        byte[] file = Jpeg.surface(WIDTH, HEIGHT, 200, 100, 30);

        int[] bgr = surface(decoder.decode(frame(), Colour.BGR, file), 3);
        int[] rgb = surface(decoder.decode(frame(), Colour.RGB, file), 3);

        assertThat(rgb[0]).isBetween(200 - NEAR, 200 + NEAR);
        assertThat(rgb[1]).isBetween(100 - NEAR, 100 + NEAR);
        assertThat(rgb[2]).isBetween(30 - NEAR, 30 + NEAR);
        assertThat(bgr).containsExactly(rgb[2], rgb[1], rgb[0]);
    }

    @Test
    void greyHasOneChannel() {
        int[] grey = surface(decoder.decode(frame(WIDTH, HEIGHT, 1), Colour.GRAY, Jpeg.grey(WIDTH, HEIGHT, 77)), 1);

        assertThat(grey[0]).isBetween(77 - 1, 77 + 1);
    }

    @Test
    void rowsAndColumnsKeepTheirPlaces() {
        // Dark on the left and bright on the right; the other way round in the lower half.
        byte[] file = Jpeg.of(WIDTH, HEIGHT, (x, y) -> (x < WIDTH / 2) == (y < HEIGHT / 2) ? 20 : 230);

        byte[] pixels = decoder.decode(frame(), Colour.BGR, file);

        assertThat(pixels[0] & 0xff).isBetween(10, 30);
        assertThat(pixels[3 * (WIDTH - 1)] & 0xff).isBetween(220, 240);
        assertThat(pixels[3 * WIDTH * (HEIGHT - 1)] & 0xff).isBetween(220, 240);
        assertThat(pixels[pixels.length - 1] & 0xff).isBetween(10, 30);
    }

    @Test
    void refusesADamagedPictureInOneLineAndReadsTheNextOne() {
        byte[] whole = Jpeg.of(WIDTH, HEIGHT, (x, y) -> (x * 7 + y * 13) % 256);
        byte[] cut = Arrays.copyOf(whole, whole.length / 2);
        byte[] noise = new byte[1000];

        for (byte[] broken : new byte[][] {cut, noise, {}, {(byte) 0xff, (byte) 0xd8}}) {
            assertThatThrownBy(() -> decoder.decode(frame(), Colour.BGR, broken))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("the frame's JPEG picture is damaged: ")
                    .message()
                    .doesNotContain("\n", "null");
        }

        int[] next = surface(decoder.decode(frame(), Colour.RGB, Jpeg.surface(WIDTH, HEIGHT, 9, 9, 9)), 3);
        assertThat(next[0]).isBetween(9 - NEAR, 9 + NEAR);
    }

    @Test
    void refusesAPictureOfAnotherSizeBeforeDecodingIt() {
        byte[] file = Jpeg.surface(WIDTH + 1, HEIGHT, 1, 2, 3);

        assertThatThrownBy(() -> decoder.decode(frame(), Colour.BGR, file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the frame's JPEG picture is 49x32, not 48x32");
    }

    @Test
    void decodesPicturesOfChangingSizesAndColours() {
        decoder.decode(frame(), Colour.BGR, Jpeg.surface(WIDTH, HEIGHT, 1, 2, 3));

        byte[] smaller = decoder.decode(frame(16, 8, 3), Colour.BGR, Jpeg.surface(16, 8, 4, 5, 6));

        assertThat(smaller).hasSize(16 * 8 * 3);
        assertThat(surface(decoder.decode(frame(WIDTH, HEIGHT, 1), Colour.GRAY, Jpeg.grey(WIDTH, HEIGHT, 5)), 1)[0])
                .isBetween(4, 6);
    }
}
