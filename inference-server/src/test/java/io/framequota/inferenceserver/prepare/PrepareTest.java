package io.framequota.inferenceserver.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.inferenceserver.conformance.TestModels;
import io.framequota.inferenceserver.graph.onnx.GraphProto;
import io.framequota.inferenceserver.graph.onnx.ModelProto;
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
        assertThat(PrepareModelMain.prepare(in, folder.resolve("new"))).exists();
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
        PrepareModelMain.prepare(in, folder.resolve("new"));
        assertThat(Files.readString(folder.resolve("new/config.pbtxt"))).contains("framequota.labels", "\"cat,dog\"");
    }

    @Test
    void writesAFile() throws Exception {
        Path in = Files.write(folder.resolve("in.onnx"), pictures().toByteArray());
        assertThat(PrepareModelMain.prepare(in, folder.resolve("out.onnx"))).isRegularFile();
        assertThatThrownBy(() -> PrepareModelMain.prepare(folder.resolve("none.onnx"), folder.resolve("out.onnx")))
                .hasMessageContaining("no such file");
        Files.writeString(in, "text");
        assertThatThrownBy(() -> PrepareModelMain.prepare(in, folder.resolve("out.onnx")))
                .hasMessageContaining("not an ONNX model");
    }
}
