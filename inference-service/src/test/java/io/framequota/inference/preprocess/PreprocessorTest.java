package io.framequota.inference.preprocess;

import static io.framequota.inference.Models.frame;
import static io.framequota.inference.Models.model;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.contract.frame.FrameMeta;
import io.framequota.inference.model.DataType;
import io.framequota.inference.model.InputSize;
import io.framequota.inference.model.ModelSpec;
import io.framequota.inference.model.OutputFormat;
import io.framequota.inference.model.PictureInput;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class PreprocessorTest {
    /** Two pixels by one: (1, 2, 3) and (4, 5, 255). */
    private static final byte[] PIXELS = {1, 2, 3, 4, 5, (byte) 255};

    private final Preprocessor preprocessor = new Preprocessor();

    @Test
    void padsAPlanarPictureOnTheRightAndBelow() {
        ModelSpec model = model(DataType.UINT8, "letterbox,bgr,0-255", OutputFormat.RAW, 1L, 3L, 2L, 4L);

        assertThat(bytes(model, frame(2, 1, 3), PIXELS, 24))
                .containsExactly(
                        1, 4, 114, 114, 114, 114, 114, 114, // first plane: the frame's row, then padding
                        2, 5, 114, 114, 114, 114, 114, 114, 3, 255, 114, 114, 114, 114, 114, 114);
    }

    @Test
    void padsAnInterleavedPictureAndKeepsItsRows() {
        ModelSpec model = model(DataType.UINT8, "letterbox,bgr,0-255", OutputFormat.RAW, 1L, 2L, 3L, 3L);

        assertThat(bytes(model, frame(2, 1, 3), PIXELS, 18))
                .containsExactly(1, 2, 3, 4, 5, 255, 114, 114, 114, 114, 114, 114, 114, 114, 114, 114, 114, 114);
    }

    @Test
    void padsAPictureOfFullHeightOnlyOnTheRight() {
        ModelSpec model = model(DataType.UINT8, "letterbox,bgr,0-255", OutputFormat.RAW, 1L, 1L, 3L, 3L);

        assertThat(bytes(model, frame(2, 1, 3), PIXELS, 9)).containsExactly(1, 2, 3, 4, 5, 255, 114, 114, 114);
    }

    @Test
    void floatsKeepTheirRange() {
        ModelSpec model = model(DataType.FP32, "letterbox,bgr,0-255", OutputFormat.RAW, 1L, 3L, 2L, 2L);

        assertThat(floats(model, frame(2, 1, 3), PIXELS, 12))
                .containsExactly(1, 4, 114, 114, 2, 5, 114, 114, 3, 255, 114, 114);
    }

    @Test
    void floatsAreScaledToOne() {
        ModelSpec model = model(DataType.FP32, "stretch,rgb,0-1", OutputFormat.RAW, 1L, 1L, 2L, 3L);

        assertThat(floats(model, frame(2, 1, 3), PIXELS, 6))
                .containsExactly(1 / 255f, 2 / 255f, 3 / 255f, 4 / 255f, 5 / 255f, 1f);
    }

    @Test
    void imagenetsRangeDependsOnTheChannel() {
        float[] red = {(1 / 255f - 0.485f) / 0.229f, (4 / 255f - 0.485f) / 0.229f, (114 / 255f - 0.485f) / 0.229f};
        float[] green = {(2 / 255f - 0.456f) / 0.224f, (5 / 255f - 0.456f) / 0.224f, (114 / 255f - 0.456f) / 0.224f};
        float[] blue = {(3 / 255f - 0.406f) / 0.225f, (255 / 255f - 0.406f) / 0.225f, (114 / 255f - 0.406f) / 0.225f};
        ModelSpec planes = model(DataType.FP32, "letterbox,rgb,imagenet", OutputFormat.RAW, 1L, 3L, 2L, 2L);
        ModelSpec rows = model(DataType.FP32, "letterbox,rgb,imagenet", OutputFormat.RAW, 1L, 1L, 3L, 3L);
        ModelSpec reversed = model(DataType.FP32, "letterbox,bgr,imagenet", OutputFormat.RAW, 1L, 1L, 2L, 3L);

        assertThat(floats(planes, frame(2, 1, 3), PIXELS, 12))
                .startsWith(red[0], red[1], red[2], red[2], green[0], green[1], green[2], green[2])
                .endsWith(blue[0], blue[1], blue[2], blue[2]);
        assertThat(floats(rows, frame(2, 1, 3), PIXELS, 9))
                .containsExactly(red[0], green[0], blue[0], red[1], green[1], blue[1], red[2], green[2], blue[2]);
        assertThat(floats(reversed, frame(2, 1, 3), new byte[] {3, 2, 1, (byte) 255, 5, 4}, 6))
                .containsExactly(blue[0], green[0], red[0], blue[1], green[1], red[1]);
    }

    @Test
    void paddingIsScaledLikePixels() {
        ModelSpec model = model(DataType.FP32, "letterbox,rgb,0-1", OutputFormat.RAW, 1L, 2L, 3L, 3L);

        assertThat(floats(model, frame(2, 1, 3), PIXELS, 18))
                .startsWith(1 / 255f, 2 / 255f, 3 / 255f, 4 / 255f, 5 / 255f, 1f)
                .endsWith(114 / 255f, 114 / 255f, 114 / 255f);
    }

    @Test
    void writesHalfFloatsInBothLayouts() {
        ModelSpec planes = model(DataType.FP16, "letterbox,bgr,0-255", OutputFormat.RAW, 1L, 3L, 2L, 2L);
        ModelSpec rows = model(DataType.FP16, "letterbox,bgr,0-1", OutputFormat.RAW, 1L, 1L, 3L, 3L);

        assertThat(halves(planes, frame(2, 1, 3), PIXELS, 12))
                .containsExactly(1, 4, 114, 114, 2, 5, 114, 114, 3, 255, 114, 114);
        assertThat(halves(rows, frame(2, 1, 3), PIXELS, 9))
                .usingComparatorWithPrecision(0.001f)
                .containsExactly(
                        1 / 255f, 2 / 255f, 3 / 255f, 4 / 255f, 5 / 255f, 1f, 114 / 255f, 114 / 255f, 114 / 255f);
    }

    private float[] halves(ModelSpec model, FrameMeta frame, byte[] pixels, int count) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment tensor = arena.allocate(2L * count);
            preprocessor.write(model, frame, preprocessor.inputSize(model, frame), pixels, tensor);
            float[] values = new float[count];
            for (int i = 0; i < count; i++) {
                values[i] = Float.float16ToFloat(tensor.getAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, i));
            }
            return values;
        }
    }

    @Test
    void greyHasOnePlane() {
        ModelSpec model = model(DataType.UINT8, "letterbox,gray,0-255", OutputFormat.RAW, 1L, 1L, 2L, 2L);

        assertThat(bytes(model, frame(2, 1, 1), new byte[] {7, 8}, 4)).containsExactly(7, 8, 114, 114);
    }

    @Test
    void nativePictureIsUnchanged() {
        ModelSpec model = model(DataType.UINT8, "native,bgr,0-255", OutputFormat.RAW, -1L, -1L, 3L);

        InputSize picture = preprocessor.inputSize(model, frame(2, 1, 3));

        assertThat(picture).isEqualTo(new InputSize(1, 2));
        assertThat(model.input().shape(1, 2)).containsExactly(1, 2, 3);
        assertThat(bytes(model, frame(2, 1, 3), PIXELS, 6)).containsExactly(1, 2, 3, 4, 5, 255);
    }

    @Test
    void smallerFrameOverwritesALargerOneCompletely() {
        ModelSpec model = model(DataType.UINT8, "letterbox,bgr,0-255", OutputFormat.RAW, 1L, 3L, 1L, 2L);

        bytes(model, frame(2, 1, 3), PIXELS, 6);

        assertThat(bytes(model, frame(1, 1, 3), new byte[] {9, 10, 11}, 6)).containsExactly(9, 114, 10, 114, 11, 114);
    }

    @Test
    void smallerPictureEndsAtTheNextMultipleAfterTheFrame() {
        PictureInput input = model(DataType.UINT8, "letterbox,bgr,0-255", OutputFormat.YOLOX, 1L, 416L, 416L, 3L)
                .input()
                .withMultiple(32);

        assertThat(input.around(234, 416)).isEqualTo(new InputSize(256, 416));
        assertThat(input.around(416, 1)).isEqualTo(new InputSize(416, 32));
        assertThat(input.around(500, 64)).isEqualTo(new InputSize(416, 64));
        assertThat(input.withMultiple(0).around(234, 416)).isEqualTo(new InputSize(416, 416));
    }

    @Test
    void tensorsMayLieInNativeMemory() {
        ModelSpec model = model(DataType.FP32, "letterbox,bgr,0-255", OutputFormat.RAW, 1L, 3L, 1L, 2L);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment tensor = arena.allocate(24);
            FrameMeta frame = frame(2, 1, 3);

            preprocessor.write(model, frame, preprocessor.inputSize(model, frame), PIXELS, tensor);

            assertThat(tensor.toArray(ValueLayout.JAVA_FLOAT)).containsExactly(1, 4, 2, 5, 3, 255);
        }
    }

    @Test
    void refusesAFrameThatDoesNotFit() {
        ModelSpec padded = model(DataType.UINT8, "letterbox,bgr,0-255", OutputFormat.RAW, 1L, 3L, 2L, 2L);
        ModelSpec stretched = model(DataType.UINT8, "stretch,bgr,0-255", OutputFormat.RAW, 1L, 3L, 2L, 2L);

        assertThatThrownBy(() -> preprocessor.inputSize(padded, frame(3, 1, 3)))
                .hasMessage("the frame is 3x1, model m takes 2x2");
        assertThatThrownBy(() -> preprocessor.inputSize(stretched, frame(2, 1, 3)))
                .hasMessage("the frame is 2x1, model m takes 2x2");
        assertThatThrownBy(() -> preprocessor.inputSize(padded, frame(2, 2, 1)))
                .hasMessage("the frame has 1 channels, model m takes 3");
        assertThatThrownBy(() -> bytes(padded, frame(2, 2, 3), PIXELS, 12))
                .hasMessage("the frame has 6 bytes, not 2x2x3");
    }

    private int[] bytes(ModelSpec model, FrameMeta frame, byte[] pixels, int size) {
        byte[] tensor = new byte[size];
        preprocessor.write(model, frame, preprocessor.inputSize(model, frame), pixels, MemorySegment.ofArray(tensor));
        int[] unsigned = new int[size];
        for (int i = 0; i < size; i++) {
            unsigned[i] = tensor[i] & 0xff;
        }
        return unsigned;
    }

    private float[] floats(ModelSpec model, FrameMeta frame, byte[] pixels, int size) {
        float[] tensor = new float[size];
        preprocessor.write(model, frame, preprocessor.inputSize(model, frame), pixels, MemorySegment.ofArray(tensor));
        return tensor;
    }
}
