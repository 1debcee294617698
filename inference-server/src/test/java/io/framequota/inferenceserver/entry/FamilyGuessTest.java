package io.framequota.inferenceserver.entry;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.kserve.DataType;
import io.framequota.inferenceserver.backend.ElementTypes;
import io.framequota.inferenceserver.backend.Shapes;
import io.framequota.inferenceserver.backend.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The shapes are those of the models named. */
class FamilyGuessTest {
    private static Tensor tensor(String name, DataType type, Long... shape) {
        List<Long> dims = List.of(shape);
        int bytes = Math.toIntExact(Shapes.elements(dims)) * ElementTypes.size(type);
        return new Tensor(name, type, dims, ByteBuffer.allocate(bytes));
    }

    private static Tensor floats(String name, Long... shape) {
        return tensor(name, DataType.TYPE_FP32, shape);
    }

    private static String guess(int side, Tensor... outputs) {
        return FamilyGuess.of(List.of(outputs), side, side)
                .map(g -> g.family().text() + " " + g.classes())
                .orElse("unknown");
    }

    @Test
    void recognizesGridsAndWhetherTheyAreDecoded() {
        assertThat(guess(416, floats("output", 1L, 3549L, 85L))).isEqualTo("yolox 80");
        assertThat(guess(640, floats("output0", 1L, 25200L, 85L))).isEqualTo("yolov5 80");
        assertThat(guess(640, floats("output0", 1L, 84L, 8400L))).isEqualTo("yolov8 80");
        Tensor decoded = floats("output", 1L, 3549L, 85L);
        for (int i = 0; i < 3549; i++) {
            decoded.data().order(ByteOrder.nativeOrder()).putFloat(4 * 85 * i, i % 416);
        }
        assertThat(guess(416, decoded)).isEqualTo("yolov5 80");
    }

    @Test
    void recognizesModelsThatSuppressThemselves() {
        assertThat(guess(640, floats("output0", 1L, 300L, 6L))).isEqualTo("end-to-end 0");
        assertThat(guess(640, floats("output", 0L, 7L))).isEqualTo("end-to-end 0");
        assertThat(guess(
                        640,
                        tensor("num_dets", DataType.TYPE_INT32, 1L, 1L),
                        floats("det_boxes", 1L, 100L, 4L),
                        floats("det_scores", 1L, 100L),
                        tensor("det_classes", DataType.TYPE_INT32, 1L, 100L)))
                .isEqualTo("end-to-end 0");
        assertThat(guess(320, floats("2542", 0L, 4L), tensor("2543", DataType.TYPE_INT64, 0L), floats("2544", 0L)))
                .isEqualTo("end-to-end 0");
    }

    @Test
    void recognizesSsd() {
        assertThat(guess(300, floats("detection_out", 1L, 1L, 200L, 7L))).isEqualTo("ssd 0");
        assertThat(guess(
                        300,
                        floats("detection_boxes", 1L, 100L, 4L),
                        floats("detection_classes", 1L, 100L),
                        floats("detection_scores", 1L, 100L),
                        floats("num_detections", 1L)))
                .isEqualTo("ssd 0");
    }

    @Test
    void recognizesRtDetr() {
        assertThat(guess(640, floats("output0", 1L, 300L, 84L))).isEqualTo("rt-detr 80");
        assertThat(guess(640, floats("logits", 1L, 300L, 80L), floats("pred_boxes", 1L, 300L, 4L)))
                .isEqualTo("rt-detr 80");
    }

    @Test
    void recognizesClassifiers() {
        assertThat(guess(224, floats("logits", 1L, 1000L))).isEqualTo("classifier 1000");
        assertThat(guess(224, floats("prob", 1L, 1000L, 1L, 1L))).isEqualTo("classifier 1000");
    }

    @Test
    void saysNothingOfOthers() {
        assertThat(guess(640, floats("mask", 1L, 1L, 640L, 640L))).isEqualTo("unknown");
        assertThat(guess(640, floats("a", 1L, 10L), floats("b", 1L, 10L))).isEqualTo("unknown");
        assertThat(FamilyGuess.of(List.of(floats("points", 1L, 17L, 3L)), 640, 640))
                .isEqualTo(Optional.empty());
    }
}
