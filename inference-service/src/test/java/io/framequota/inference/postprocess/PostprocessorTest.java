package io.framequota.inference.postprocess;

import static io.framequota.inference.Models.model;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.framequota.contract.frame.FrameMeta;
import io.framequota.contract.result.Detection;
import io.framequota.inference.model.DataType;
import io.framequota.inference.model.InputSize;
import io.framequota.inference.model.ModelSpec;
import io.framequota.inference.model.OutputFormat;
import io.framequota.inference.model.OutputTensor;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class PostprocessorTest {
    private static final int CLASSES = 2;
    private static final int COLUMNS = 5 + CLASSES;
    /** A picture of 64x32: 8x4 cells of stride 8, 4x2 of 16, 2x1 of 32. */
    private static final int CELLS = 32 + 8 + 2;

    private static final InputSize PICTURE = new InputSize(32, 64);
    /** Half the size of its source, 128x64. */
    private static final FrameMeta FRAME =
            new FrameMeta("j", 0, 0, 0, 64, 32, 3, FrameMeta.Encoding.RAW, 128, 64, 0.5, 0.5, 0, 0, null, null);

    private final Postprocessor postprocessor = new Postprocessor();

    @Test
    void decodesYoloxByStrideAndCell() {
        float[] output = new float[CELLS * COLUMNS];
        // Stride 16 begins after 32 cells; its second row, third column is cell 32 + 4 + 2.
        // Centre (0.25 + 2, 0.5 + 1) * 16 = (36, 24), size (e^0, e^-ln 2) * 16 = (16, 8).
        put(output, 32 + 4 + 2, 0.25f, 0.5f, 0f, (float) -Math.log(2), 0.8f, 0.1f, 0.5f);

        List<Detection> found = yolox(output);

        assertThat(found).singleElement().satisfies(d -> {
            assertThat(d.classId()).isEqualTo(1);
            assertThat(d.label()).isEqualTo("one");
            assertThat(d.score()).isCloseTo(0.4f, within(1e-6f));
            // The box is 28..44 by 20..28 in the picture, twice that in the source.
            assertThat(d.x1()).isCloseTo(56, within(1e-3f));
            assertThat(d.y1()).isCloseTo(40, within(1e-3f));
            assertThat(d.x2()).isCloseTo(88, within(1e-3f));
            assertThat(d.y2()).isCloseTo(56, within(1e-3f));
        });
    }

    @Test
    void decodesHalfFloatsLikeFloats() {
        float[] output = new float[CELLS * COLUMNS];
        put(output, 32 + 4 + 2, 0.25f, 0.5f, 0f, (float) -Math.log(2), 0.8f, 0.1f, 0.5f);
        byte[] halves = new byte[2 * output.length];
        for (int i = 0; i < output.length; i++) {
            short half = Float.floatToFloat16(output[i]);
            halves[2 * i] = (byte) half;
            halves[2 * i + 1] = (byte) (half >> 8);
        }
        OutputTensor tensor = new OutputTensor(
                "output", DataType.FP16, List.of(1L, (long) CELLS, (long) COLUMNS), MemorySegment.ofArray(halves));

        List<Detection> found = postprocessor.detections(
                model(DataType.FP32, "letterbox,bgr,0-255", OutputFormat.YOLOX, 1L, 3L, 32L, 64L),
                PICTURE,
                FRAME,
                List.of(tensor));

        assertThat(found).singleElement().satisfies(d -> {
            assertThat(d.score()).isCloseTo(0.4f, within(1e-3f));
            assertThat(d.x1()).isCloseTo(56, within(0.1f));
        });
    }

    @Test
    void yoloxDropsBoxesBelowTheThreshold() {
        float[] output = new float[CELLS * COLUMNS];
        put(output, 0, 0, 0, 0, 0, 0.29f, 1f, 1f); // objectness alone is too low
        put(output, 10, 0, 0, 0, 0, 0.6f, 0.49f, 0.2f); // 0.294
        put(output, 20, 0, 0, 0, 0, 0.5f, 0.62f, 0.2f); // 0.31

        assertThat(yolox(output))
                .singleElement()
                .satisfies(d -> assertThat(d.score()).isCloseTo(0.31f, within(1e-6f)));
    }

    @Test
    void yoloxBoxesAreSuppressedAndSorted() {
        float[] output = new float[CELLS * COLUMNS];
        put(output, 0, 0.5f, 0.5f, 1f, 1f, 0.5f, 1f, 0f);
        put(output, 1, -0.5f, 0.5f, 1f, 1f, 0.9f, 1f, 0f); // the same box, better
        put(output, 30, 0.5f, 0.5f, 1f, 1f, 0.7f, 1f, 0f);

        assertThat(yolox(output)).extracting(Detection::score).containsExactly(0.9f, 0.7f);
    }

    @Test
    void boxesAreClippedToTheSourceAndThoseInThePaddingAreDropped() {
        ModelSpec hog = model(DataType.UINT8, "native,bgr,0-255", OutputFormat.HOG, -1L, -1L, 3L);
        OutputTensor rows = floats("detections", List.of(2L, 6L), -5, -5, 200, 10, 0.9f, 0, 10, 33, 20, 40, 0.8f, 1);

        List<Detection> found = postprocessor.detections(hog, PICTURE, FRAME, List.of(rows));

        assertThat(found).containsExactly(new Detection("zero", 0, 0.9f, 0, 0, 128, 20));
    }

    @Test
    void offsetsAreSubtracted() {
        FrameMeta shifted =
                new FrameMeta("j", 0, 0, 0, 64, 32, 3, FrameMeta.Encoding.RAW, 100, 50, 0.5, 0.25, 4, 8, null, null);
        ModelSpec cascade = model(DataType.UINT8, "native,bgr,0-255", OutputFormat.CASCADE, -1L, -1L, 3L);
        OutputTensor rows = floats("detections", List.of(1L, 6L), 8, 10, 12, 12, 2.5f, 7);

        List<Detection> found = postprocessor.detections(cascade, PICTURE, shifted, List.of(rows));

        // A class without a name has its number as its name, and a score is at most 1.
        assertThat(found).containsExactly(new Detection("7", 7, 1f, 8, 8, 16, 16));
    }

    @Test
    void noRowsGiveNoDetections() {
        ModelSpec hog = model(DataType.UINT8, "native,bgr,0-255", OutputFormat.HOG, -1L, -1L, 3L);

        assertThat(postprocessor.detections(hog, PICTURE, FRAME, List.of(floats("detections", List.of(0L, 6L)))))
                .isEmpty();
    }

    @Test
    void decodesYolov8WithOneBoxPerColumn() {
        ModelSpec model = model(DataType.FP32, "letterbox,rgb,0-1", OutputFormat.YOLOV8, 1L, 3L, 32L, 64L);
        // Rows are x, y, width, height, class 0, class 1; there are three boxes.
        OutputTensor output = floats(
                "out",
                List.of(1L, 6L, 3L),
                10,
                40,
                10, //
                10,
                16,
                10, //
                8,
                4,
                8, //
                4,
                8,
                4, //
                0.9f,
                0.1f,
                0.8f, //
                0.2f,
                0.6f,
                0.1f);

        List<Detection> found = postprocessor.detections(model, PICTURE, FRAME, List.of(output));

        // The third box is the first one with a lower score.
        assertThat(found)
                .containsExactly(
                        new Detection("zero", 0, 0.9f, 12, 16, 28, 24), new Detection("one", 1, 0.6f, 76, 24, 84, 40));
    }

    @Test
    void decodesSsdRowsAsFractionsOfThePicture() {
        ModelSpec model = model(DataType.UINT8, "stretch,bgr,0-255", OutputFormat.SSD, 1L, 32L, 64L, 3L);
        OutputTensor rows = floats(
                "detection_out",
                List.of(1L, 1L, 3L, 7L),
                0,
                1,
                0.9f,
                0.25f,
                0.5f,
                0.5f,
                1f, //
                0,
                1,
                0.2f,
                0,
                0,
                1,
                1, //
                -1,
                0,
                0.9f,
                0,
                0,
                1,
                1);

        assertThat(postprocessor.detections(model, PICTURE, FRAME, List.of(rows)))
                .containsExactly(new Detection("one", 1, 0.9f, 32, 32, 64, 64));
    }

    @Test
    void decodesSsdListsByOutputName() {
        ModelSpec model = model(DataType.UINT8, "stretch,bgr,0-255", OutputFormat.SSD, 1L, 32L, 64L, 3L);
        List<OutputTensor> outputs = List.of(
                floats("detection_boxes", List.of(1L, 2L, 4L), 0.5f, 0.25f, 1f, 0.5f, 0, 0, 1, 1),
                floats("detection_classes", List.of(1L, 2L), 1, 0),
                floats("detection_scores", List.of(1L, 2L), 0.9f, 0.8f),
                floats("num_detections", List.of(1L), 1));

        assertThat(postprocessor.detections(model, PICTURE, FRAME, outputs))
                .containsExactly(new Detection("one", 1, 0.9f, 32, 32, 64, 64));
    }

    @Test
    void rawModelsHaveNoDetections() {
        ModelSpec model = model(DataType.FP32, "letterbox,rgb,0-1", OutputFormat.RAW, 1L, 3L, 32L, 64L);

        assertThat(postprocessor.detections(model, PICTURE, FRAME, List.of(floats("out", List.of(1L, 2L), 1, 2))))
                .isEmpty();
    }

    @Test
    void refusesOutputsOfAnotherFormatInOneLine() {
        ModelSpec model = model(DataType.FP32, "letterbox,bgr,0-255", OutputFormat.YOLOX, 1L, 3L, 32L, 64L);
        OutputTensor wrong = floats("out", List.of(1L, 2L, 7L), new float[14]);

        assertThatThrownBy(() -> postprocessor.detections(model, PICTURE, FRAME, List.of(wrong)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("yolox expects [1,42,5+classes] for a picture of 64x32, output out is [1, 2, 7]");
    }

    /** In the picture of 64x32 it is 12..28 by 12..20: centre (20, 16), size 16x8. */
    private static final Detection IN_SOURCE = new Detection("one", 1, 0.75f, 24, 24, 56, 40);

    @Test
    void decodesYolov5RowsWithTheirObjectness() {
        OutputTensor output = floats(
                "output0",
                List.of(1L, 3L, 7L),
                20,
                16,
                16,
                8,
                0.2f,
                1f,
                1f, // the objectness alone is too low
                20,
                16,
                16,
                8,
                0.75f,
                0.1f,
                1f, //
                50,
                16,
                16,
                8,
                0.5f,
                0.5f,
                0.4f); // 0.25
        OutputTensor grid = floats("p3", List.of(1L, 1L, 1L, 1L, 7L), new float[7]);

        assertThat(found(OutputFormat.YOLOV5, output)).containsExactly(IN_SOURCE);
        assertThat(found(OutputFormat.YOLOV5, output, grid)).containsExactly(IN_SOURCE);
    }

    @Test
    void readsEndToEndRowsInBothOrders() {
        OutputTensor six = floats("out", List.of(1L, 2L, 6L), 12, 12, 28, 20, 0.75f, 1, 0, 0, 9, 9, 0.1f, 0);
        OutputTensor seven = floats("out", List.of(2L, 7L), 0, 12, 12, 28, 20, 1, 0.75f, 0, 0, 0, 9, 9, 0, 0.1f);

        assertThat(found(OutputFormat.END_TO_END, six)).containsExactly(IN_SOURCE);
        assertThat(found(OutputFormat.END_TO_END, seven)).containsExactly(IN_SOURCE);
    }

    @Test
    void readsListsOfBoxesByNameOrByTheirLook() {
        float[] boxes = {12, 12, 28, 20, 0, 0, 9, 9};
        List<OutputTensor> torchvision = List.of(
                floats("2542", List.of(2L, 4L), boxes),
                integers("2543", List.of(2L), 1, 0),
                floats("2544", List.of(2L), 0.75f, 0.1f));
        List<OutputTensor> efficientNms = List.of(
                integers32("num_dets", List.of(1L, 1L), 1),
                floats("det_boxes", List.of(1L, 2L, 4L), boxes),
                floats("det_scores", List.of(1L, 2L), 0.75f, 0.9f),
                integers32("det_classes", List.of(1L, 2L), 1, 0));

        assertThat(found(OutputFormat.END_TO_END, torchvision.toArray(OutputTensor[]::new)))
                .containsExactly(IN_SOURCE);
        assertThat(found(OutputFormat.END_TO_END, efficientNms.toArray(OutputTensor[]::new)))
                .containsExactly(IN_SOURCE);
    }

    @Test
    void listsThatCannotBeToldApartAreRefused() {
        OutputTensor boxes = floats("a", List.of(2L, 4L), new float[8]);
        OutputTensor scores = floats("b", List.of(2L), 1, 1);

        assertThatThrownBy(() -> found(OutputFormat.END_TO_END, boxes, scores))
                .hasMessage("end-to-end finds no output with classes [1,N], named like 'class', among [b [2]]");
    }

    @Test
    void decodesRtDetrWithScoresOrLogits() {
        // Fractions of 64x32.
        float[] box = {20 / 64f, 0.5f, 0.25f, 0.25f};
        OutputTensor scores = floats(
                "output0", List.of(1L, 2L, 6L), box[0], box[1], box[2], box[3], 0.1f, 0.75f, 0, 0, 0, 0, 0.2f, 0.1f);
        OutputTensor boxes = floats("pred_boxes", List.of(1L, 2L, 4L), box[0], box[1], box[2], box[3], 0, 0, 0, 0);
        float logit = (float) Math.log(0.75 / 0.25);
        OutputTensor logits = floats("logits", List.of(1L, 2L, 2L), -3, logit, -5, -4);

        assertThat(found(OutputFormat.RT_DETR, scores)).containsExactly(IN_SOURCE);
        assertThat(found(OutputFormat.RT_DETR, logits, boxes)).singleElement().satisfies(d -> {
            assertThat(d.score()).isCloseTo(0.75f, within(1e-6f));
            assertThat(d.x1()).isCloseTo(24, within(1e-3f));
            assertThat(d.label()).isEqualTo("one");
        });
    }

    @Test
    void aClassifiersBestClassHasTheWholePicture() {
        OutputTensor logits = floats("logits", List.of(1L, 3L), 0, (float) Math.log(6), 0);
        OutputTensor probabilities = floats("probs", List.of(1L, 3L, 1L, 1L), 0.1f, 0.75f, 0.15f);
        OutputTensor unsure = floats("probs", List.of(1L, 4L), 0.25f, 0.25f, 0.25f, 0.25f);

        assertThat(found(OutputFormat.CLASSIFIER, logits)).singleElement().satisfies(d -> {
            assertThat(d.classId()).isEqualTo(1);
            assertThat(d.score()).isCloseTo(0.75f, within(1e-6f));
        });
        assertThat(found(OutputFormat.CLASSIFIER, probabilities))
                .containsExactly(new Detection("one", 1, 0.75f, 0, 0, 128, 64));
        assertThat(found(OutputFormat.CLASSIFIER, unsure)).isEmpty();
    }

    private List<Detection> found(OutputFormat format, OutputTensor... outputs) {
        return postprocessor.detections(
                model(DataType.FP32, "letterbox,rgb,0-1", format, 1L, 3L, 32L, 64L), PICTURE, FRAME, List.of(outputs));
    }

    private static OutputTensor integers(String name, List<Long> shape, long... elements) {
        return new OutputTensor(name, DataType.INT64, shape, MemorySegment.ofArray(elements));
    }

    private static OutputTensor integers32(String name, List<Long> shape, int... elements) {
        return new OutputTensor(name, DataType.INT32, shape, MemorySegment.ofArray(elements));
    }

    private List<Detection> yolox(float[] output) {
        ModelSpec model = model(DataType.FP32, "letterbox,bgr,0-255", OutputFormat.YOLOX, 1L, 3L, 32L, 64L);
        return postprocessor.detections(
                model, PICTURE, FRAME, List.of(floats("output", List.of(1L, (long) CELLS, (long) COLUMNS), output)));
    }

    private static OutputTensor floats(String name, List<Long> shape, float... elements) {
        ByteBuffer data = ByteBuffer.allocate(4 * elements.length).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(elements);
        return new OutputTensor(name, DataType.FP32, shape, MemorySegment.ofArray(data.array()));
    }

    private static void put(float[] output, int cell, float... row) {
        System.arraycopy(row, 0, output, cell * COLUMNS, row.length);
    }
}
