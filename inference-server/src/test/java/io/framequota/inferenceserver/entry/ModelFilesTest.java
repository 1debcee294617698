package io.framequota.inferenceserver.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.contract.kserve.ModelConfig;
import io.framequota.inferenceserver.conformance.TestModels;
import io.framequota.inferenceserver.graph.UnusableModelException;
import io.framequota.inferenceserver.graph.onnx.GraphProto;
import io.framequota.inferenceserver.graph.onnx.ModelProto;
import io.framequota.inferenceserver.graph.onnx.StringStringEntryProto;
import io.framequota.inferenceserver.graph.onnx.TensorProto;
import io.framequota.inferenceserver.repository.ConfigFile;
import io.framequota.inferenceserver.repository.LabelsParameter;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFilesTest {
    @TempDir
    Path folder;

    /** A classifier of the shape that torchvision exports: the batch is open. */
    private static ModelProto classifier(Object batch, Object side) {
        return TestModels.model(GraphProto.newBuilder()
                .addInput(TestModels.value("input", TestModels.FLOAT, List.of(batch, 3, side, side)))
                .addNode(TestModels.node("GlobalAveragePool", List.of("input"), "pooled"))
                .addNode(TestModels.node("Flatten", List.of("pooled"), "logits"))
                .addOutput(TestModels.value("logits", TestModels.FLOAT, List.of(batch, 3))));
    }

    private Path write(String name, ModelProto model) throws Exception {
        return Files.write(folder.resolve(name), model.toByteArray());
    }

    private ModelConfig add(Path file, String name, String... options) throws Exception {
        List<String> arguments = new ArrayList<>(
                List.of("add", file.toString(), folder.resolve(name).toString()));
        arguments.addAll(List.of(options));
        ModelFilesMain.run(arguments.toArray(String[]::new));
        Path entry = folder.resolve(name);
        return LabelsParameter.addTo(ConfigFile.read(name, entry), entry);
    }

    @Test
    void describesAModelAndWhatIsMissing() throws Exception {
        Path file = write("resnet.onnx", classifier("n", 32));

        List<String> lines = ModelInspection.of(file, Optional.empty()).lines();

        assertThat(lines)
                .contains("input         input FP32 [-1,3,32,32]", "output        logits FP32 [-1,3]")
                .contains("postprocess   classifier: one number for each of 3 classes")
                .contains("preprocess    stretch,rgb,imagenet, as is usual for this family")
                .anySatisfy(line -> assertThat(line).startsWith("missing       class names: add --labels FILE"));
    }

    @Test
    void anEntryHasTheBatchTheLabelsAndTheParameters() throws Exception {
        Path labels = Files.writeString(folder.resolve("names.txt"), "\uFEFFcat\r\ndog\r\nbird\r\n");

        ModelConfig config = add(write("resnet.onnx", classifier("n", 32)), "animals", "--labels", labels.toString());

        assertThat(config.getMaxBatchSize()).isEqualTo(8);
        assertThat(config.getBackend()).isEqualTo("onnxruntime");
        assertThat(config.getInput(0).getDimsList()).containsExactly(3L, 32L, 32L);
        assertThat(config.getOutput(0).getDimsList()).containsExactly(3L);
        assertThat(config.getParametersOrThrow("framequota.labels").getStringValue())
                .isEqualTo("cat,dog,bird");
        assertThat(config.getParametersOrThrow("framequota.postprocess").getStringValue())
                .isEqualTo("classifier");
        assertThat(Files.readAllBytes(folder.resolve("animals/1/model.onnx")))
                .isEqualTo(Files.readAllBytes(folder.resolve("resnet.onnx")));
    }

    @Test
    void aModelOfAnySizeGetsTheSizeThatIsAskedFor() throws Exception {
        Path file = write("any.onnx", classifier(1, "side"));

        assertThatThrownBy(() -> add(file, "any"))
                .isInstanceOf(UnusableModelException.class)
                .hasMessageContaining("any.onnx does not tell the size of pictures")
                .hasMessageContaining("--size 640x640");
        assertThat(folder.resolve("any")).doesNotExist();
        ModelConfig config = add(file, "any", "--size", "96x64");
        assertThat(config.getInput(0).getDimsList()).containsExactly(1L, 3L, 64L, 96L);
        Path fixed = write("fixed.onnx", classifier(1, 32));
        assertThatThrownBy(() -> add(fixed, "fixed", "--size", "96x64"))
                .hasMessageContaining("the model takes pictures of 32x32 only");
    }

    @Test
    void classNamesComeFromTheFilesMetadata() throws Exception {
        ModelProto named = classifier(1, 32).toBuilder()
                .addMetadataProps(StringStringEntryProto.newBuilder()
                        .setKey("names")
                        .setValue("{0: 'cat', 1: \"dog's\", 2: 'bird'}"))
                .build();

        add(write("named.onnx", named), "named");

        assertThat(Files.readAllLines(folder.resolve("named/labels.txt"))).containsExactly("cat", "dog's", "bird");
    }

    @Test
    void weightsInOtherFilesCome() throws Exception {
        Files.write(folder.resolve("weights.bin"), new byte[] {0, 0, (byte) 0x80, 0x3f});
        add(write("outside.onnx", shifted("weights.bin")), "outside", "--postprocess", "raw");

        assertThat(folder.resolve("outside/1/weights.bin")).hasBinaryContent(new byte[] {0, 0, (byte) 0x80, 0x3f});
    }

    /** Adds a number from another file. */
    private static ModelProto shifted(String file) {
        return TestModels.model(GraphProto.newBuilder()
                .addInput(TestModels.value("x", TestModels.FLOAT, List.of(1, 3, 8, 8)))
                .addInitializer(TensorProto.newBuilder()
                        .setName("shift")
                        .setDataType(TestModels.FLOAT)
                        .addDims(1)
                        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                        .addExternalData(StringStringEntryProto.newBuilder()
                                .setKey("location")
                                .setValue(file)))
                .addNode(TestModels.node("Add", List.of("x", "shift"), "y"))
                .addOutput(TestModels.value("y", TestModels.FLOAT, List.of(1, 3, 8, 8))));
    }

    @Test
    void whatCannotBeUsedIsRefusedInOneLine() throws Exception {
        Path text = Files.writeString(folder.resolve("text.onnx"), "text");
        assertThatThrownBy(() -> add(text, "text"))
                .isInstanceOf(UnusableModelException.class)
                .hasMessageStartingWith("text.onnx: the file is not an ONNX model");
        Path two = write("two.onnx", TestModels.fixed());
        assertThatThrownBy(() -> add(two, "two")).hasMessageContaining("which of its inputs is the picture");
        Path resnet = write("resnet.onnx", classifier(1, 32));
        assertThatThrownBy(() -> add(resnet, "resnet", "--postprocess", "yolo"))
                .hasMessageContaining("--postprocess yolo: give one of yolox, yolov5, yolov8, end-to-end");
        assertThatThrownBy(() -> add(resnet, "resnet", "--preprocess", "letterbox"))
                .hasMessageContaining("--preprocess letterbox: give FIT,COLOUR,RANGE");
    }

    @Test
    void listsEntriesAndBrokenOnes() throws Exception {
        add(write("resnet.onnx", classifier(1, 32)), "animals");
        Files.createDirectories(folder.resolve("broken/1"));
        Files.writeString(folder.resolve("broken/config.pbtxt"), "name: {");
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        ModelFilesMain.list(folder, new PrintStream(out, true, StandardCharsets.UTF_8));

        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .anySatisfy(line -> assertThat(line).startsWith("animals\t1\tclassifier\t0\t"))
                .anySatisfy(line -> assertThat(line).startsWith("broken\t").contains("config.pbtxt is malformed"));
    }
}
