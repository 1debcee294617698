package io.framequota.inferenceserver.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.inferenceserver.conformance.TestModels;
import io.framequota.inferenceserver.graph.onnx.GraphProto;
import io.framequota.inferenceserver.graph.onnx.ModelProto;
import io.framequota.inferenceserver.graph.onnx.TensorProto;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrepareTest {
    @TempDir
    Path folder;

    private static ModelProto pictures() {
        return TestModels.model(GraphProto.newBuilder()
                .addInput(TestModels.value("images", TestModels.FLOAT, List.of(1, 3, 5, 7)))
                .addNode(TestModels.node("Neg", List.of("images"), "out"))
                .addOutput(TestModels.value("out", TestModels.FLOAT, List.of(1, 3, 5, 7))));
    }

    @Test
    void repositoryEntryKeepsTheOldParameters() throws Exception {
        Path in = TestModels.entry(folder, "old", pictures());
        Files.writeString(
                folder.resolve("old/config.pbtxt"),
                "output { name: 'out' label_filename: 'labels.txt' } parameters { key: 'framequota.preprocess'"
                        + " value { string_value: 'stretch,rgb,0-1' } }");
        Files.writeString(folder.resolve("old/labels.txt"), "cat\ndog\n");
        assertThat(PrepareModelMain.prepare(in, folder.resolve("new"), 1)).exists();
        assertThat(Files.readString(folder.resolve("new/config.pbtxt")))
                .contains("name: \"new\"", "\"stretch,rgb,0-255\"", "\"cat,dog\"", "\"raw\"");
        ModelProto written = ModelProto.parseFrom(Files.readAllBytes(folder.resolve("new/1/model.onnx")));
        assertThat(written.getGraph().getInput(0).getType().getTensorType().getElemType())
                .isEqualTo(TestModels.UINT8);
    }

    @Test
    void keepsTheLabelsOfTheParameter() throws Exception {
        Path in = TestModels.entry(folder, "old", pictures());
        Files.writeString(
                folder.resolve("old/config.pbtxt"),
                "parameters { key: 'framequota.labels' value { string_value: 'cat,dog' } }");
        PrepareModelMain.prepare(in, folder.resolve("new"), 1);
        assertThat(Files.readString(folder.resolve("new/config.pbtxt"))).contains("framequota.labels", "\"cat,dog\"");
    }

    @Test
    void writesAFile() throws Exception {
        Path in = Files.write(folder.resolve("in.onnx"), pictures().toByteArray());
        assertThat(PrepareModelMain.prepare(in, folder.resolve("out.onnx"), 1)).isRegularFile();
        assertThatThrownBy(() -> PrepareModelMain.prepare(folder.resolve("none.onnx"), folder.resolve("out.onnx"), 1))
                .hasMessageContaining("no such file");
        Files.writeString(in, "text");
        assertThatThrownBy(() -> PrepareModelMain.prepare(in, folder.resolve("out.onnx"), 1))
                .hasMessageContaining("not an ONNX model");
    }

    @Test
    void aBatchIsOpenedThroughReshapes() throws Exception {
        GraphProto.Builder graph = GraphProto.newBuilder()
                .addInput(TestModels.value("images", TestModels.FLOAT, List.of(1, 3, 4, 4)))
                .addInitializer(TensorProto.newBuilder()
                        .setName("rows")
                        .setDataType(TestModels.INT64)
                        .addDims(3)
                        .addAllInt64Data(List.of(1L, 3L, 16L)))
                .addNode(TestModels.node("Reshape", List.of("images", "rows"), "out"))
                .addOutput(TestModels.value("out", TestModels.FLOAT, List.of(1, 3, 16)));
        Path in = Files.write(folder.resolve("in.onnx"), TestModels.model(graph).toByteArray());

        Path written = PrepareModelMain.prepare(in, folder.resolve("several"), 4);

        assertThat(Files.readString(folder.resolve("several/config.pbtxt"))).contains("max_batch_size: 4");
        GraphProto prepared = ModelProto.parseFrom(Files.readAllBytes(written)).getGraph();
        assertThat(prepared.getInput(0)
                        .getType()
                        .getTensorType()
                        .getShape()
                        .getDim(0)
                        .getDimParam())
                .isEqualTo("batch");
        assertThat(prepared.getOutput(0)
                        .getType()
                        .getTensorType()
                        .getShape()
                        .getDim(0)
                        .getDimParam())
                .isEqualTo("batch");
    }

    @Test
    void aGraphThatMixesPicturesGetsNoBatch() throws Exception {
        // The largest element of all pictures is in every answer.
        GraphProto.Builder graph = GraphProto.newBuilder()
                .addInput(TestModels.value("images", TestModels.FLOAT, List.of(1, 3, 4, 4)))
                .addNode(TestModels.node("ReduceMax", List.of("images"), "largest"))
                .addNode(TestModels.node("Sub", List.of("images", "largest"), "out"))
                .addOutput(TestModels.value("out", TestModels.FLOAT, List.of(1, 3, 4, 4)));
        Path in = Files.write(folder.resolve("in.onnx"), TestModels.model(graph).toByteArray());

        assertThatThrownBy(() -> PrepareModelMain.prepare(in, folder.resolve("several"), 4))
                .hasMessageContaining("output 'out' is another one when the graph gets two pictures at once");
        assertThat(folder.resolve("several")).doesNotExist();
    }
}
