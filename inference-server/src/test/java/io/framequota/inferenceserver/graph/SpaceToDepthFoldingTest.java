package io.framequota.inferenceserver.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.framequota.contract.kserve.DataType;
import io.framequota.contract.kserve.ModelConfig;
import io.framequota.inferenceserver.backend.Model;
import io.framequota.inferenceserver.backend.OutputRequest;
import io.framequota.inferenceserver.backend.Tensor;
import io.framequota.inferenceserver.backend.onnx.OnnxBackend;
import io.framequota.inferenceserver.conformance.TestModels;
import io.framequota.inferenceserver.graph.onnx.AttributeProto;
import io.framequota.inferenceserver.graph.onnx.AttributeProto.AttributeType;
import io.framequota.inferenceserver.graph.onnx.GraphProto;
import io.framequota.inferenceserver.graph.onnx.ModelProto;
import io.framequota.inferenceserver.graph.onnx.NodeProto;
import io.framequota.inferenceserver.graph.onnx.TensorProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpaceToDepthFoldingTest {
    private static final int SIDE = 12;
    private static final int OUT = 5;

    @TempDir
    Path folder;

    @Test
    void computesTheSameInOneConvolution() throws Exception {
        ModelProto model = TestModels.model(focus(1));
        ModelProto folded = SpaceToDepthFolding.fold(model);

        assertThat(folded.getGraph().getNodeList())
                .extracting(NodeProto::getOpType)
                .containsExactly("Conv");
        assertThat(folded.getGraph().getInitializerList()).hasSize(1);
        float[] expected = run(model);
        float[] actual = run(folded);
        assertThat(expected).hasSize(OUT * SIDE / 2 * SIDE / 2);
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).isCloseTo(expected[i], within(1e-4f));
        }
    }

    @Test
    void keepsBlocksWithOtherReaders() {
        GraphProto.Builder graph = focus(1).addNode(TestModels.node("Neg", List.of("blocks"), "negated"))
                .addOutput(TestModels.value("negated", TestModels.FLOAT, List.of(1, 12, SIDE / 2, SIDE / 2)));
        ModelProto model = TestModels.model(graph);
        assertThat(SpaceToDepthFolding.fold(model)).isSameAs(model);
    }

    @Test
    void keepsSlicesWithAnotherStep() {
        ModelProto model = TestModels.model(focus(1));
        ModelProto.Builder other = model.toBuilder();
        other.getGraphBuilder().getInitializerBuilderList().stream()
                .filter(tensor -> tensor.getName().equals("two"))
                .forEach(tensor -> tensor.setInt64Data(0, 3));
        ModelProto thirds = other.build();
        assertThat(SpaceToDepthFolding.fold(thirds)).isSameAs(thirds);
    }

    @Test
    void keepsAConvolutionWithAStride() {
        ModelProto model = TestModels.model(focus(2));
        assertThat(SpaceToDepthFolding.fold(model)).isSameAs(model);
    }

    /** A Focus layer over [1,3,12,12] and a 3x3 convolution, as in YOLOX. */
    private static GraphProto.Builder focus(int stride) {
        GraphProto.Builder graph = GraphProto.newBuilder()
                .addInput(TestModels.value("images", TestModels.FLOAT, List.of(1, 3, SIDE, SIDE)))
                .addInitializer(integer("zero", 0))
                .addInitializer(integer("one", 1))
                .addInitializer(integer("two", 2))
                .addInitializer(integer("three", 3))
                .addInitializer(integer("end", Long.MAX_VALUE))
                .addInitializer(weights());
        String[][] blocks = {{"zero", "zero"}, {"one", "zero"}, {"zero", "one"}, {"one", "one"}};
        for (int i = 0; i < blocks.length; i++) {
            graph.addNode(TestModels.node("Slice", List.of("images", blocks[i][0], "end", "two", "two"), "rows" + i))
                    .addNode(TestModels.node(
                            "Slice", List.of("rows" + i, blocks[i][1], "end", "three", "two"), "block" + i));
        }
        NodeProto.Builder convolution = TestModels.node("Conv", List.of("blocks", "w"), "out")
                .addAttribute(integers("kernel_shape", List.of(3L, 3L)))
                .addAttribute(integers("strides", List.of((long) stride, (long) stride)))
                .addAttribute(integers("pads", List.of(1L, 1L, 1L, 1L)));
        return graph.addNode(TestModels.node("Concat", List.of("block0", "block1", "block2", "block3"), "blocks")
                        .addAttribute(AttributeProto.newBuilder()
                                .setName("axis")
                                .setType(AttributeType.INT)
                                .setI(1)))
                .addNode(convolution)
                .addOutput(TestModels.value("out", TestModels.FLOAT, List.of(1, OUT, SIDE / 2, SIDE / 2)));
    }

    private static TensorProto integer(String name, long value) {
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(TestModels.INT64)
                .addDims(1)
                .addInt64Data(value)
                .build();
    }

    private static TensorProto weights() {
        TensorProto.Builder weights = TensorProto.newBuilder()
                .setName("w")
                .setDataType(TestModels.FLOAT)
                .addAllDims(List.of((long) OUT, 12L, 3L, 3L));
        new Random(5).doubles(OUT * 12 * 9).forEach(w -> weights.addFloatData((float) w - 0.5f));
        return weights.build();
    }

    private static AttributeProto integers(String name, List<Long> values) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeType.INTS)
                .addAllInts(values)
                .build();
    }

    private float[] run(ModelProto model) throws Exception {
        Path file = Files.write(Files.createTempFile(folder, "model", ".onnx"), model.toByteArray());
        ByteBuffer picture = ByteBuffer.allocateDirect(4 * 3 * SIDE * SIDE).order(ByteOrder.nativeOrder());
        new Random(6).doubles(3 * SIDE * SIDE).forEach(v -> picture.putFloat((float) v));
        try (Model opened = new OnnxBackend(false)
                .open(ModelConfig.getDefaultInstance(), file)
                .model()) {
            Tensor input =
                    new Tensor("images", DataType.TYPE_FP32, List.of(1L, 3L, (long) SIDE, (long) SIDE), picture.flip());
            FloatBuffer out = opened.run(List.of(input), List.of(new OutputRequest("out", null)))
                    .outputs()
                    .getFirst()
                    .data()
                    .asFloatBuffer();
            float[] values = new float[out.remaining()];
            out.get(values);
            return values;
        }
    }
}
