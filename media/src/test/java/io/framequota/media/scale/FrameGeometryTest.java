package io.framequota.media.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.contract.control.ModelCard;
import io.framequota.contract.control.ModelCard.Colour;
import io.framequota.contract.control.ModelCard.Fit;
import io.framequota.contract.frame.FrameMeta;
import org.junit.jupiter.api.Test;

class FrameGeometryTest {
    private static ModelCard card(Fit fit, int width, int height, int maxSide) {
        return ModelCard.newBuilder()
                .setName("m")
                .setFit(fit)
                .setWidth(width)
                .setHeight(height)
                .setMaxSide(maxSide)
                .build();
    }

    @Test
    void letterboxRoundsSizesDownAndKeepsTheExactScale() {
        double r = 416.0 / 768;
        assertThat(FrameGeometry.of(card(Fit.LETTERBOX, 416, 416, 0), FrameMeta.MAX_VALUE_BYTES, 768, 432))
                .isEqualTo(new FrameGeometry(416, (int) (432 * r), 3, r, r));
    }

    @Test
    void letterboxEnlargesASmallPicture() {
        assertThat(FrameGeometry.of(card(Fit.LETTERBOX, 416, 416, 0), FrameMeta.MAX_VALUE_BYTES, 1, 1))
                .isEqualTo(new FrameGeometry(416, 416, 3, 416, 416));
    }

    @Test
    void everySideHasAtLeastOnePixel() {
        FrameGeometry thin = FrameGeometry.of(card(Fit.LETTERBOX, 416, 416, 0), FrameMeta.MAX_VALUE_BYTES, 8000, 2);
        assertThat(thin.height()).isEqualTo(1);
        assertThat(FrameGeometry.of(card(Fit.NATIVE, 0, 0, 960), FrameMeta.MAX_VALUE_BYTES, 8000, 2)
                        .height())
                .isEqualTo(1);
    }

    @Test
    void stretchScalesEachSideSeparately() {
        assertThat(FrameGeometry.of(card(Fit.STRETCH, 300, 300, 0), FrameMeta.MAX_VALUE_BYTES, 600, 150))
                .isEqualTo(new FrameGeometry(300, 300, 3, 0.5, 2));
    }

    @Test
    void nativeKeepsTheSizeOfPicturesThatFit() {
        assertThat(FrameGeometry.of(card(Fit.NATIVE, 0, 0, 960), FrameMeta.MAX_VALUE_BYTES, 640, 480))
                .isEqualTo(new FrameGeometry(640, 480, 3, 1, 1));
        assertThat(FrameGeometry.of(card(Fit.NATIVE, 0, 0, 960), FrameMeta.MAX_VALUE_BYTES, 1920, 1080))
                .isEqualTo(new FrameGeometry(960, 540, 3, 0.5, 0.5));
    }

    @Test
    void nativePicturesFitIntoARecord() {
        FrameGeometry geometry = FrameGeometry.of(card(Fit.NATIVE, 0, 0, 0), FrameMeta.MAX_VALUE_BYTES, 7680, 4320);
        assertThat(geometry.bytes()).isBetween(FrameMeta.MAX_VALUE_BYTES * 9L / 10, (long) FrameMeta.MAX_VALUE_BYTES);
        assertThat((double) geometry.width() / geometry.height()).isBetween(1.77, 1.79);
    }

    @Test
    void aLargerBoundKeepsTheSizeOf4KAndBoundsLargerPictures() {
        assertThat(FrameGeometry.of(card(Fit.NATIVE, 0, 0, 0), FrameMeta.MAX_PIXEL_BYTES, 3840, 2160))
                .isEqualTo(new FrameGeometry(3840, 2160, 3, 1, 1));
        assertThat(FrameGeometry.of(card(Fit.NATIVE, 0, 0, 0), FrameMeta.MAX_PIXEL_BYTES, 7680, 4320)
                        .bytes())
                .isBetween(FrameMeta.MAX_PIXEL_BYTES * 9L / 10, (long) FrameMeta.MAX_PIXEL_BYTES);
    }

    @Test
    void greyHasOneChannel() {
        ModelCard grey =
                card(Fit.NATIVE, 0, 0, 0).toBuilder().setColour(Colour.GRAY).build();
        assertThat(FrameGeometry.of(grey, FrameMeta.MAX_VALUE_BYTES, 640, 480).bytes())
                .isEqualTo(640 * 480);
    }

    @Test
    void refusesAModelWhoseInputDoesNotFitIntoARecord() {
        assertThatThrownBy(
                        () -> FrameGeometry.of(card(Fit.STRETCH, 4096, 4096, 0), FrameMeta.MAX_VALUE_BYTES, 640, 480))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4096 x 4096");
    }
}
