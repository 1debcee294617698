package io.framequota.inferenceserver.backend.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.framequota.contract.kserve.DataType;
import io.framequota.contract.kserve.ModelConfig;
import io.framequota.contract.kserve.ModelParameter;
import io.framequota.inferenceserver.backend.Backend.Opened;
import io.framequota.inferenceserver.backend.OutputRequest;
import io.framequota.inferenceserver.backend.SmallerPicturesParameter;
import io.framequota.inferenceserver.backend.Tensor;
import io.framequota.inferenceserver.conformance.TestModels;
import io.framequota.inferenceserver.graph.onnx.AttributeProto;
import io.framequota.inferenceserver.graph.onnx.AttributeProto.AttributeType;
import io.framequota.inferenceserver.graph.onnx.GraphProto;
import io.framequota.inferenceserver.graph.onnx.ModelProto;
import io.framequota.inferenceserver.graph.onnx.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnpaddedInputDetectorTest {
    /** Cells of 32 pixels in a picture of 64 x 96. */
    private static final int FULL_CELLS = 2 * 3;

    @TempDir
    Path folder;

    @Test
    void slidingModelTakesAPictureWithoutItsPadding() throws IOException {
        Opened opened = open(grid(-1), "");
        try (var model = opened.model()) {
            assertThat(SmallerPicturesParameter.multiple(opened.config())).isEqualTo(32);
            assertThat(model.signature().inputs().getFirst().shape()).containsExactly(1L, 64L, 96L, 3L);
            assertThat(model.signature().outputs().getFirst().shape()).containsExactly(1L, (long) FULL_CELLS, 1L);

            float[] full = run(opened, 64, 96);
            float[] upperHalf = run(opened, 32, 96);

            assertThat(full).hasSize(FULL_CELLS);
            assertThat(upperHalf).hasSize(3);
            for (int i = 0; i < upperHalf.length; i++) {
                assertThat(upperHalf[i]).isCloseTo(full[i], within(1e-2f));
            }
        }
    }

    @Test
    void batchMayBeOpen() throws IOException {
        Opened opened = open(grid(-1, "n"), "");
        try (var model = opened.model()) {
            assertThat(SmallerPicturesParameter.multiple(opened.config())).isEqualTo(32);
            assertThat(model.signature().inputs().getFirst().shape()).containsExactly(-1L, 64L, 96L, 3L);
            assertThat(run(opened, 32, 96)).hasSize(3);
        }
    }

    @Test
    void modelWithItsSizeInAConstantTakesFullPicturesOnly() throws IOException {
        Opened opened = open(grid(FULL_CELLS), "");
        try (var model = opened.model()) {
            assertThat(opened.config().getParametersMap()).doesNotContainKey(SmallerPicturesParameter.PARAMETER);
            assertThat(model.signature().inputs().getFirst().shape()).containsExactly(1L, 64L, 96L, 3L);
            assertThat(run(opened, 64, 96)).hasSize(FULL_CELLS);
        }
    }

    @Test
    void configurationMayAskForFullPicturesOnly() throws IOException {
        Opened opened = open(grid(-1), "0");
        try (var _ = opened.model()) {
            assertThat(opened.config().getParametersMap()).doesNotContainKey(SmallerPicturesParameter.PARAMETER);
        }
    }

    @Test
    void smallerPictureHasSidesThatAreMultiplesWithinTheFullSize() {
        List<Long> full = List.of(1L, 64L, 96L, 3L);
        assertThat(SmallerPicturesParameter.smaller(List.of(1L, 32L, 96L, 3L), full, 32))
                .isTrue();
        assertThat(SmallerPicturesParameter.smaller(List.of(1L, 64L, 32L, 3L), full, 32))
                .isTrue();
        assertThat(SmallerPicturesParameter.smaller(List.of(4L, 32L, 96L, 3L), List.of(-1L, 64L, 96L, 3L), 32))
                .isTrue();
        assertThat(SmallerPicturesParameter.smaller(List.of(1L, 33L, 96L, 3L), full, 32))
                .isFalse();
        assertThat(SmallerPicturesParameter.smaller(List.of(1L, 96L, 96L, 3L), full, 32))
                .isFalse();
        assertThat(SmallerPicturesParameter.smaller(List.of(1L, 0L, 96L, 3L), full, 32))
                .isFalse();
        assertThat(SmallerPicturesParameter.smaller(List.of(2L, 32L, 96L, 3L), full, 32))
                .isFalse();
        assertThat(SmallerPicturesParameter.smaller(List.of(32L, 96L, 3L), full, 32))
                .isFalse();
        assertThat(SmallerPicturesParameter.smaller(List.of(1L, 32L, 96L, 3L), full, 0))
                .isFalse();
    }

    /** Returns one value per cell of 32 x 32 pixels as [1, cells, 1]; {@code cells} is the constant in its Reshape. */
    private static ModelProto grid(long cells) {
        return grid(cells, 1);
    }

    private static ModelProto grid(long cells, Object batch) {
        TensorProto.Builder weights = TensorProto.newBuilder()
                .setName("w")
                .setDataType(TestModels.FLOAT)
                .addAllDims(List.of(1L, 3L, 32L, 32L));
        new Random(5).doubles(3 * 32 * 32).forEach(w -> weights.addFloatData((float) w - 0.5f));
        return TestModels.model(GraphProto.newBuilder()
                .addInput(TestModels.value("images", TestModels.FLOAT, List.of(batch, 3, 64, 96)))
                .addInitializer(weights)
                .addInitializer(TensorProto.newBuilder()
                        .setName("shape")
                        .setDataType(TestModels.INT64)
                        .addDims(3)
                        .addAllInt64Data(List.of(1L, cells, 1L)))
                .addNode(TestModels.node("Conv", List.of("images", "w"), "cells")
                        .addAttribute(AttributeProto.newBuilder()
                                .setName("strides")
                                .setType(AttributeType.INTS)
                                .addAllInts(List.of(32L, 32L))))
                .addNode(TestModels.node("Reshape", List.of("cells", "shape"), "out"))
                .addOutput(TestModels.value("out", TestModels.FLOAT, List.of(batch, FULL_CELLS, 1))));
    }

    private Opened open(ModelProto model, String smallerPictures) throws IOException {
        Path file = Files.write(Files.createTempFile(folder, "model", ".onnx"), model.toByteArray());
        ModelConfig.Builder config = ModelConfig.newBuilder()
                .setName("grid")
                .putParameters("framequota.preprocess", parameter("letterbox,bgr,0-255"))
                .putParameters("framequota.postprocess", parameter("yolox"));
        if (!smallerPictures.isEmpty()) {
            config.putParameters(SmallerPicturesParameter.PARAMETER, parameter(smallerPictures));
        }
        return new OnnxBackend(true).open(config.build(), file);
    }

    private static ModelParameter parameter(String value) {
        return ModelParameter.newBuilder().setStringValue(value).build();
    }

    private static float[] run(Opened opened, int height, int width) {
        byte[] pixels = new byte[64 * 96 * 3];
        new Random(6).nextBytes(pixels);
        ByteBuffer picture = ByteBuffer.allocateDirect(height * width * 3).put(pixels, 0, height * width * 3);
        Tensor input =
                new Tensor("images", DataType.TYPE_UINT8, List.of(1L, (long) height, (long) width, 3L), picture.flip());
        FloatBuffer out = opened.model()
                .run(List.of(input), List.of(new OutputRequest("out", null)))
                .outputs()
                .getFirst()
                .data()
                .asFloatBuffer();
        float[] values = new float[out.remaining()];
        out.get(values);
        return values;
    }
}
