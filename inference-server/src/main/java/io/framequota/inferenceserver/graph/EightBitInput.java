package io.framequota.inferenceserver.graph;

import com.google.protobuf.ByteString;
import io.framequota.inferenceserver.graph.onnx.AttributeProto;
import io.framequota.inferenceserver.graph.onnx.AttributeProto.AttributeType;
import io.framequota.inferenceserver.graph.onnx.GraphProto;
import io.framequota.inferenceserver.graph.onnx.ModelProto;
import io.framequota.inferenceserver.graph.onnx.NodeProto;
import io.framequota.inferenceserver.graph.onnx.OperatorSetIdProto;
import io.framequota.inferenceserver.graph.onnx.TensorProto;
import io.framequota.inferenceserver.graph.onnx.TensorShapeProto;
import io.framequota.inferenceserver.graph.onnx.TypeProto;
import io.framequota.inferenceserver.graph.onnx.ValueInfoProto;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Moves the conversion of an 8-bit picture into the model: a transpose for a model that takes planes, the cast to float, and a
 * division by 255 for a model that takes 0 to 1. Everything else in the model stays unchanged.
 */
final class EightBitInput {
    /** From this version of the operator set on, Cast has its type as a number. */
    private static final long CAST_BY_NUMBER = 6;

    private static final List<String> TYPE_NAMES = List.of(
            "UNDEFINED",
            "FLOAT",
            "UINT8",
            "INT8",
            "UINT16",
            "INT16",
            "INT32",
            "INT64",
            "STRING",
            "BOOL",
            "FLOAT16",
            "DOUBLE");

    private EightBitInput() {}

    /**
     * The model with an input of the same name that takes UINT8 [batch, height, width, channels].
     *
     * @param unitRange whether the model takes 0 to 1
     * @throws UnusableModelException when the model has no picture input
     */
    static ModelProto prepare(ModelProto model, boolean unitRange) throws UnusableModelException {
        OnnxPictureInput picture = OnnxPictureInput.of(model.getGraph());
        requireSelfContained(model.getGraph());
        if (model.getGraph().getOutputList().stream()
                .anyMatch(output -> output.getName().equals(picture.name()))) {
            throw new UnusableModelException("input '" + picture.name() + "' is an output too");
        }
        if (unitRange && picture.elementType() != OnnxPictureInput.FLOAT) {
            throw new UnusableModelException("the range 0-1 is supported for FLOAT inputs only");
        }
        GraphProto.Builder graph = model.getGraph().toBuilder();
        String original = ValueRenaming.unused(model.getGraph(), picture.name() + "_float");
        ValueRenaming.readers(graph, picture.name(), original);
        for (ValueInfoProto.Builder value : graph.getValueInfoBuilderList()) {
            if (value.getName().equals(picture.name())) {
                value.setName(original);
            }
        }
        List<NodeProto> added = nodes(model, graph, picture, original, unitRange);
        List<NodeProto> rest = List.copyOf(graph.getNodeList());
        graph.clearNode().addAllNode(added).addAllNode(rest);
        graph.setInput(picture.position(), eightBit(picture));
        return model.toBuilder().setGraph(graph).build();
    }

    private static List<NodeProto> nodes(
            ModelProto model, GraphProto.Builder graph, OnnxPictureInput picture, String result, boolean unitRange) {
        List<NodeProto> nodes = new ArrayList<>();
        String value = picture.name();
        if (picture.planes()) {
            // The transpose comes before the cast: it moves a quarter of the bytes.
            String planes = ValueRenaming.unused(graph.build(), picture.name() + "_planes");
            nodes.add(node("Transpose", List.of(value), planes, permutation()));
            value = planes;
        }
        String cast = unitRange ? ValueRenaming.unused(graph.build(), picture.name() + "_cast") : result;
        nodes.add(node("Cast", List.of(value), cast, type(model, picture.elementType())));
        if (unitRange) {
            String divisor = ValueRenaming.unused(graph.build(), picture.name() + "_range");
            graph.addInitializer(TensorProto.newBuilder()
                    .setName(divisor)
                    .setDataType(OnnxPictureInput.FLOAT)
                    .addDims(1)
                    .addFloatData(255));
            nodes.add(NodeProto.newBuilder()
                    .setOpType("Div")
                    .setName(result)
                    .addInput(cast)
                    .addInput(divisor)
                    .addOutput(result)
                    .build());
        }
        return nodes;
    }

    private static NodeProto node(String operator, List<String> inputs, String output, AttributeProto attribute) {
        return NodeProto.newBuilder()
                .setOpType(operator)
                .setName(output)
                .addAllInput(inputs)
                .addOutput(output)
                .addAttribute(attribute)
                .build();
    }

    private static AttributeProto permutation() {
        return AttributeProto.newBuilder()
                .setName("perm")
                .setType(AttributeType.INTS)
                .addAllInts(List.of(0L, 3L, 1L, 2L))
                .build();
    }

    private static AttributeProto type(ModelProto model, int elementType) {
        AttributeProto.Builder to = AttributeProto.newBuilder().setName("to");
        long operators = model.getOpsetImportList().stream()
                .filter(set -> set.getDomain().isEmpty() || set.getDomain().equals("ai.onnx"))
                .mapToLong(OperatorSetIdProto::getVersion)
                .max()
                .orElse(CAST_BY_NUMBER);
        return operators >= CAST_BY_NUMBER
                ? to.setType(AttributeType.INT).setI(elementType).build()
                : to.setType(AttributeType.STRING)
                        .setS(ByteString.copyFrom(TYPE_NAMES.get(elementType), StandardCharsets.UTF_8))
                        .build();
    }

    private static ValueInfoProto eightBit(OnnxPictureInput picture) {
        TensorShapeProto shape = TensorShapeProto.newBuilder()
                .addDim(picture.batch())
                .addDim(picture.height())
                .addDim(picture.width())
                .addDim(picture.channels())
                .build();
        return ValueInfoProto.newBuilder()
                .setName(picture.name())
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(OnnxPictureInput.UINT8)
                                .setShape(shape)))
                .build();
    }

    private static void requireSelfContained(GraphProto graph) throws UnusableModelException {
        for (TensorProto weight : graph.getInitializerList()) {
            if (weight.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
                throw new UnusableModelException("weights lie in other files ('" + weight.getName()
                        + "'); save the model with all its data in one file first");
            }
        }
    }
}
