package io.framequota.inferenceserver.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
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
import io.framequota.inferenceserver.graph.onnx.TensorProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EightBitInputTest {
    private static final int HEIGHT = 5;
    private static final int WIDTH = 7;

    @TempDir
    Path folder;

    private static GraphProto.Builder convolution(List<?> shape) {
        Random random = new Random(3);
        TensorProto.Builder weights = TensorProto.newBuilder()
                .setName("w")
                .setDataType(TestModels.FLOAT)
                .addAllDims(List.of(2L, 3L, 3L, 3L));
        random.doubles(54).forEach(w -> weights.addFloatData((float) w - 0.5f));
        return GraphProto.newBuilder()
                .addInitializer(weights)
                .addInput(TestModels.value("images", TestModels.FLOAT, shape))
                .addNode(TestModels.node("Conv", List.of("images", "w"), "out"))
                .addOutput(TestModels.value("out", TestModels.FLOAT, List.of(1, 2, HEIGHT - 2, WIDTH - 2)));
    }

    private static ModelProto planes() {
        return TestModels.model(convolution(List.of(1, 3, HEIGHT, WIDTH)));
    }

    private Tensor run(ModelProto model, List<Long> shape, DataType type, ByteBuffer data) throws Exception {
        Path file = Files.write(Files.createTempFile(folder, "model", ".onnx"), model.toByteArray());
        try (Model opened = new OnnxBackend(false)
                .open(ModelConfig.getDefaultInstance(), file)
                .model()) {
            String input = opened.signature().inputs().getFirst().name();
            assertThat(input).isEqualTo("images");
            return opened.run(
                            List.of(new Tensor(input, type, shape, data)),
                            List.of(new OutputRequest(
                                    opened.signature().outputs().getFirst().name(), null)))
                    .outputs()
                    .getFirst();
        }
    }

    private void sameOnRandomPictures(ModelProto original, ModelProto prepared, float divisor) throws Exception {
        byte[] picture = new byte[HEIGHT * WIDTH * 3];
        new Random(1).nextBytes(picture);
        ByteBuffer pixels =
                ByteBuffer.allocateDirect(picture.length).put(picture).flip();
        ByteBuffer floats = ByteBuffer.allocateDirect(picture.length * 4).order(ByteOrder.nativeOrder());
        for (int c = 0; c < 3; c++) {
            for (int i = 0; i < HEIGHT * WIDTH; i++) {
                floats.putFloat((picture[3 * i + c] & 0xff) / divisor);
            }
        }
        Tensor expected =
                run(original, List.of(1L, 3L, (long) HEIGHT, (long) WIDTH), DataType.TYPE_FP32, floats.flip());
        Tensor actual = run(prepared, List.of(1L, (long) HEIGHT, (long) WIDTH, 3L), DataType.TYPE_UINT8, pixels);
        assertThat(expected.data().remaining()).isPositive();
        assertThat(actual.data()).isEqualTo(expected.data());
    }

    @Test
    void eightBitPicturesGiveIdenticalOutputs() throws Exception {
        sameOnRandomPictures(planes(), EightBitInput.prepare(planes(), false), 1);
    }

    @Test
    void dividesForModelsThatTakeZeroToOne() throws Exception {
        sameOnRandomPictures(planes(), EightBitInput.prepare(planes(), true), 255);
    }

    @Test
    void renamesInsideBranches() throws Exception {
        GraphProto branch = GraphProto.newBuilder()
                .setName("branch")
                .addNode(TestModels.node("Neg", List.of("images"), "negated"))
                .addOutput(TestModels.value("negated", TestModels.FLOAT, List.of(1, 3, HEIGHT, WIDTH)))
                .build();
        TensorProto yes = TensorProto.newBuilder()
                .setName("yes")
                .setDataType(9)
                .setRawData(ByteString.copyFrom(new byte[] {1}))
                .build();
        ModelProto model = TestModels.model(GraphProto.newBuilder()
                .addInitializer(yes)
                .addInput(TestModels.value("images", TestModels.FLOAT, List.of(1, 3, HEIGHT, WIDTH)))
                .addNode(TestModels.node("If", List.of("yes"), "out")
                        .addAttribute(graph("then_branch", branch))
                        .addAttribute(graph("else_branch", branch)))
                .addOutput(TestModels.value("out", TestModels.FLOAT, List.of(1, 3, HEIGHT, WIDTH))));
        sameOnRandomPictures(model, EightBitInput.prepare(model, false), 1);
    }

    private static AttributeProto graph(String name, GraphProto graph) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeType.GRAPH)
                .setG(graph)
                .build();
    }

    @Test
    void keepsOpenDimensionsAndUsesNoNameTwice() throws Exception {
        GraphProto.Builder graph = convolution(List.of("n", 3, "h", "w"));
        graph.addNode(TestModels.node("Neg", List.of("out"), "images_float"));
        ModelProto prepared = EightBitInput.prepare(TestModels.model(graph), false);
        var dims = prepared.getGraph().getInput(0).getType().getTensorType().getShape();
        assertThat(dims.getDimList())
                .extracting(d -> d.hasDimParam() ? d.getDimParam() : "" + d.getDimValue())
                .containsExactly("n", "h", "w", "3");
        assertThat(prepared.getGraph().getNodeList())
                .flatExtracting(node -> node.getOutputList())
                .doesNotHaveDuplicates();
    }

    @Test
    void writesCastTypesAsOldOperatorSetsRequire() throws Exception {
        ModelProto.Builder old = planes().toBuilder();
        old.getOpsetImportBuilder(0).setVersion(5);
        AttributeProto to =
                EightBitInput.prepare(old.build(), false).getGraph().getNode(1).getAttribute(0);
        assertThat(to.getType()).isEqualTo(AttributeType.STRING);
        assertThat(to.getS().toStringUtf8()).isEqualTo("FLOAT");
    }

    @Test
    void explainsWhyAModelCannotBePrepared() throws Exception {
        ModelProto prepared = EightBitInput.prepare(planes(), false);
        assertThatThrownBy(() -> EightBitInput.prepare(prepared, false))
                .hasMessageContaining("already takes 8-bit elements");
        assertThatThrownBy(() -> EightBitInput.prepare(TestModels.fixed(), false))
                .hasMessageContaining("none of its inputs has four dimensions");
        assertThatThrownBy(() -> EightBitInput.prepare(ModelProto.getDefaultInstance(), false))
                .isInstanceOf(UnusableModelException.class);
        ModelProto.Builder external = planes().toBuilder();
        external.getGraphBuilder().getInitializerBuilder(0).setDataLocation(TensorProto.DataLocation.EXTERNAL);
        assertThatThrownBy(() -> EightBitInput.prepare(external.build(), false)).hasMessageContaining("other files");
    }
}
