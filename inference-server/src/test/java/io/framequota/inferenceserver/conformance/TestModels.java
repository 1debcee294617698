package io.framequota.inferenceserver.conformance;

import io.framequota.inferenceserver.graph.onnx.GraphProto;
import io.framequota.inferenceserver.graph.onnx.ModelProto;
import io.framequota.inferenceserver.graph.onnx.NodeProto;
import io.framequota.inferenceserver.graph.onnx.OperatorSetIdProto;
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

    /** Writes the models of the conformance tests and their configurations to the given folder. */
    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createDirectories(Path.of(arguments[0]));
        Files.write(folder.resolve("fixed.onnx"), fixed().toByteArray());
        Files.write(folder.resolve("batched.onnx"), batched().toByteArray());
        Files.write(folder.resolve("bytes.onnx"), bytes().toByteArray());
        Files.write(folder.resolve("reshaped.onnx"), fixed().toByteArray());
        Files.writeString(folder.resolve("reshaped.pbtxt"), RESHAPED);
        Files.write(folder.resolve("single.onnx"), fixed().toByteArray());
        Files.writeString(folder.resolve("single.pbtxt"), SINGLE);
    }
}
