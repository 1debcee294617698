package io.framequota.inferenceserver.conformance;

import io.framequota.inferenceserver.graph.onnx.GraphProto;
import io.framequota.inferenceserver.graph.onnx.ModelProto;
import io.framequota.inferenceserver.graph.onnx.NodeProto;
import io.framequota.inferenceserver.graph.onnx.OperatorSetIdProto;
import io.framequota.inferenceserver.graph.onnx.StringStringEntryProto;
import io.framequota.inferenceserver.graph.onnx.TensorProto;
import io.framequota.inferenceserver.graph.onnx.TensorShapeProto;
import io.framequota.inferenceserver.graph.onnx.TensorShapeProto.Dimension;
import io.framequota.inferenceserver.graph.onnx.TypeProto;
import io.framequota.inferenceserver.graph.onnx.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Small ONNX models, built by code. */
public final class TestModels {
    public static final int FLOAT = 1;
    public static final int UINT8 = 2;
    public static final int INT64 = 7;
    public static final int FLOAT16 = 10;

    private TestModels() {}

    /** {@code a, b FP32 [1,4] -> sum, diff}: no batch. */
    public static ModelProto fixed() {
        return sumAndDifference(List.of(1, 4));
    }

    /** {@code a, b FP32 [-1,4] -> sum, diff}: the first dimension may be a batch. */
    public static ModelProto batched() {
        return sumAndDifference(List.of("n", 4));
    }

    /** {@code x UINT8 [-1] -> y}: returns its input. */
    public static ModelProto bytes() {
        return model(GraphProto.newBuilder()
                .addInput(value("x", UINT8, List.of(1, "n")))
                .addNode(node("Identity", List.of("x"), "y"))
                .addOutput(value("y", UINT8, List.of(1, "n"))));
    }

    /** {@code a, b FP16 [1,4] -> sum, diff}. */
    public static ModelProto half() {
        return sumAndDifference(FLOAT16, List.of(1, 4));
    }

    private static ModelProto sumAndDifference(List<?> shape) {
        return sumAndDifference(FLOAT, shape);
    }

    private static ModelProto sumAndDifference(int type, List<?> shape) {
        return model(GraphProto.newBuilder()
                .addInput(value("a", type, shape))
                .addInput(value("b", type, shape))
                .addNode(node("Add", List.of("a", "b"), "sum"))
                .addNode(node("Sub", List.of("a", "b"), "diff"))
                .addOutput(value("sum", type, shape))
                .addOutput(value("diff", type, shape)));
    }

    /** A model of operator set 13 with this graph. */
    public static ModelProto model(GraphProto.Builder graph) {
        return ModelProto.newBuilder()
                .setIrVersion(7)
                .setProducerName("framequota")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(13))
                .setGraph(graph.setName("test"))
                .build();
    }

    /** An operator with one output of the same name. */
    public static NodeProto.Builder node(String operator, List<String> inputs, String output) {
        return NodeProto.newBuilder()
                .setOpType(operator)
                .setName("make " + output)
                .addAllInput(inputs)
                .addOutput(output);
    }

    /** A tensor. Dimensions are numbers, or names for open ones. */
    public static ValueInfoProto value(String name, int type, List<?> shape) {
        TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
        for (Object dim : shape) {
            dims.addDim(
                    dim instanceof Integer size
                            ? Dimension.newBuilder().setDimValue(size)
                            : Dimension.newBuilder().setDimParam(dim.toString()));
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(
                                TypeProto.Tensor.newBuilder().setElemType(type).setShape(dims)))
                .build();
    }

    /** Writes a repository entry without a config.pbtxt. */
    public static Path entry(Path repository, String name, ModelProto model) throws IOException {
        Path folder = Files.createDirectories(repository.resolve(name).resolve("1"));
        return Files.write(folder.resolve("model.onnx"), model.toByteArray());
    }

    /** Writes a repository entry with a config.pbtxt. */
    public static void entry(Path repository, String name, ModelProto model, String config) throws IOException {
        entry(repository, name, model);
        Files.writeString(repository.resolve(name).resolve("config.pbtxt"), config);
    }

    /** Clients of {@link #fixed} see [4], and [2,2] for its second output. */
    static final String RESHAPED = """
            max_batch_size: 0
            input { name: "a" data_type: TYPE_FP32 dims: [ 4 ] reshape { shape: [ 1, 4 ] } }
            input { name: "b" data_type: TYPE_FP32 dims: [ 4 ] reshape { shape: [ 1, 4 ] } }
            output { name: "sum" data_type: TYPE_FP32 dims: [ 4 ] reshape { shape: [ 1, 4 ] } }
            output { name: "diff" data_type: TYPE_FP32 dims: [ 2, 2 ] reshape { shape: [ 1, 4 ] } }
            """;

    /** {@link #fixed} with its first dimension of 1 as a batch of one. */
    static final String SINGLE = """
            max_batch_size: 1
            input { name: "a" data_type: TYPE_FP32 dims: [ 4 ] }
            input { name: "b" data_type: TYPE_FP32 dims: [ 4 ] }
            output { name: "sum" data_type: TYPE_FP32 dims: [ 4 ] }
            output { name: "diff" data_type: TYPE_FP32 dims: [ 4 ] }
            """;

    /** As people write it: comments, Windows line ends, commas, brackets and both kinds of quotes. */
    private static final String COMMENTED = """
            # The sum and the difference of two vectors.
            name: 'commented'
            platform: "onnxruntime_onnx"   # older than backend
            max_batch_size: 0
            input [
              { name: "a", data_type: TYPE_FP32, dims: [ 1, 4 ] },
              { name: "b"; data_type: TYPE_FP32; dims: [ 1, 4 ] }
            ]
            output: [ { name: "sum" data_type: TYPE_FP32 dims: 1 dims: 4 } ]
            output { name: "diff" data_type: TYPE_FP32 dims: [ 1, 4 ] label_filename: "labels.txt" }
            parameters: { key: "about" value: { string_value: "a # that is no comment, " "in two parts" } }
            """.replace("\n", "\r\n");

    private static final String WIDE = """
            backend: "onnxruntime"
            max_batch_size: 8
            dynamic_batching { }
            input { name: "a" data_type: TYPE_FP32 dims: [ 4 ] }
            input { name: "b" data_type: TYPE_FP32 dims: [ 4 ] }
            output { name: "sum" data_type: TYPE_FP32 dims: [ 4 ] }
            output { name: "diff" data_type: TYPE_FP32 dims: [ 4 ] }
            """;

    private static final String OPEN = """
            backend: "onnxruntime"
            input { name: "x" data_type: TYPE_UINT8 dims: [ 1, -1 ] }
            output { name: "y" data_type: TYPE_UINT8 dims: [ 1, -1 ] }
            """;

    private static final String CHANNELS_LAST = """
            backend: "onnxruntime"
            max_batch_size: 2
            input { name: "x" data_type: TYPE_FP32 format: FORMAT_NHWC dims: [ 2, 2, 3 ] }
            output { name: "y" data_type: TYPE_FP32 dims: [ 2, 2, 3 ] }
            """;

    private static final String VERSIONS = """
            backend: "onnxruntime"
            default_model_filename: "net.onnx"
            version_policy { specific { versions: [ 1, 12 ] } }
            input { name: "x" data_type: TYPE_FP32 dims: [ 1 ] }
            output { name: "y" data_type: TYPE_FP32 dims: [ 1 ] }
            """;

    /** {@code x FP32 [1] -> y}: adds a number that is in the file {@code weights/shift.bin} beside the model. */
    private static ModelProto shifted() {
        return model(GraphProto.newBuilder()
                .addInput(value("x", FLOAT, List.of(1)))
                .addInitializer(TensorProto.newBuilder()
                        .setName("shift")
                        .setDataType(FLOAT)
                        .addDims(1)
                        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                        .addExternalData(StringStringEntryProto.newBuilder()
                                .setKey("location")
                                .setValue("weights/shift.bin")))
                .addNode(node("Add", List.of("x", "shift"), "y"))
                .addOutput(value("y", FLOAT, List.of(1))));
    }

    /** {@code x FP32 [1] -> y = factor * x}. */
    private static ModelProto times(float factor) {
        return model(GraphProto.newBuilder()
                .addInput(value("x", FLOAT, List.of(1)))
                .addInitializer(TensorProto.newBuilder()
                        .setName("factor")
                        .setDataType(FLOAT)
                        .addDims(1)
                        .addFloatData(factor))
                .addNode(node("Mul", List.of("x", "factor"), "y"))
                .addOutput(value("y", FLOAT, List.of(1))));
    }

    /** {@code x FP32 [-1,2,2,3] -> y}: returns its input. */
    private static ModelProto pictures() {
        return model(GraphProto.newBuilder()
                .addInput(value("x", FLOAT, List.of("n", 2, 2, 3)))
                .addNode(node("Identity", List.of("x"), "y"))
                .addOutput(value("y", FLOAT, List.of("n", 2, 2, 3))));
    }

    /** Writes the entries of the conformance tests. Both servers read them as they are. */
    static void write(Path repository) throws IOException {
        entry(repository, "fixed", fixed());
        entry(repository, "batched", batched());
        entry(repository, "bytes", bytes());
        entry(repository, "reshaped", fixed(), "backend: 'onnxruntime'\n" + RESHAPED);
        entry(repository, "single", fixed(), "backend: 'onnxruntime'\n" + SINGLE);
        entry(repository, "half", half());
        entry(repository, "commented", fixed(), COMMENTED);
        Files.writeString(repository.resolve("commented/labels.txt"), "\uFEFFone\r\ntwo\r\n");
        entry(repository, "wide", batched(), WIDE);
        entry(repository, "open", bytes(), OPEN);
        entry(repository, "channels-last", pictures(), CHANNELS_LAST);
        Path weights = entry(repository, "outside", shifted()).resolveSibling("weights");
        Files.createDirectories(weights);
        Files.write(weights.resolve("shift.bin"), new byte[] {0, 0, 0x20, 0x41});
        Path versions = Files.createDirectories(repository.resolve("versions"));
        Files.writeString(versions.resolve("config.pbtxt"), VERSIONS);
        for (int version : new int[] {1, 2, 12}) {
            Path folder = Files.createDirectories(versions.resolve(Integer.toString(version)));
            Files.write(folder.resolve("net.onnx"), times(version).toByteArray());
        }
    }

    /** Writes the entries of the conformance tests to the given folder. */
    public static void main(String[] arguments) throws IOException {
        write(Files.createDirectories(Path.of(arguments[0])));
    }
}
