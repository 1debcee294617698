package io.framequota.inferenceserver.graph;

import com.google.protobuf.ByteString;
import io.framequota.inferenceserver.graph.onnx.GraphProto;
import io.framequota.inferenceserver.graph.onnx.ModelProto;
import io.framequota.inferenceserver.graph.onnx.NodeProto;
import io.framequota.inferenceserver.graph.onnx.TensorProto;
import io.framequota.inferenceserver.graph.onnx.TensorShapeProto.Dimension;
import io.framequota.inferenceserver.graph.onnx.ValueInfoProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Opens the first dimension of a model for one picture, so that it takes several. Sizes inside the graph that hold the 1 are known only
 * for Reshape; whether the rest of the graph works with several pictures shows when it is run.
 */
public final class OpenBatch {
    private static final int INT64 = 7;
    private static final String BATCH = "batch";

    private OpenBatch() {}

    /**
     * The model with an open first dimension of its picture and of all outputs.
     *
     * @throws UnusableModelException when a first dimension is neither 1 nor open
     */
    public static ModelProto open(ModelProto model) throws UnusableModelException {
        GraphProto.Builder graph = model.getGraph().toBuilder();
        OnnxPictureInput picture = OnnxPictureInput.of(model.getGraph());
        open(graph.getInputBuilder(picture.position()), "input");
        for (ValueInfoProto.Builder output : graph.getOutputBuilderList()) {
            open(output, "output");
        }
        // The stated sizes of inner values are those of one picture; the runtime infers them again.
        graph.clearValueInfo();
        reshapes(graph);
        return model.toBuilder().setGraph(graph).build();
    }

    private static void open(ValueInfoProto.Builder value, String kind) throws UnusableModelException {
        var shape = value.getTypeBuilder().getTensorTypeBuilder().getShapeBuilder();
        if (shape.getDimCount() < 2
                || shape.getDim(0).hasDimValue() && shape.getDim(0).getDimValue() != 1) {
            throw new UnusableModelException(kind + " '" + value.getName()
                    + "' does not begin with a dimension of 1, which could become the number of pictures");
        }
        shape.setDim(0, Dimension.newBuilder().setDimParam(BATCH));
    }

    /** Lets reshapes to one picture keep the number of pictures that they get. */
    private static void reshapes(GraphProto.Builder graph) {
        GraphConstants constants = new GraphConstants(graph.build());
        for (NodeProto.Builder node : graph.getNodeBuilderList()) {
            long[] shape = node.getOpType().equals("Reshape") && node.getInputCount() == 2
                    ? constants.integers(node.getInput(1))
                    : null;
            boolean zeros =
                    node.getAttributeList().stream().anyMatch(a -> a.getName().equals("allowzero") && a.getI() != 0);
            if (shape == null || shape.length < 2 || shape[0] != 1 || zeros) {
                continue;
            }
            String name = ValueRenaming.unused(graph.build(), node.getInput(1) + "_" + BATCH);
            // 0 is the input's own dimension.
            shape = shape.clone();
            shape[0] = 0;
            graph.addInitializer(integers(name, shape));
            node.setInput(1, name);
        }
    }

    private static TensorProto integers(String name, long[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(INT64)
                .addDims(values.length)
                .setRawData(ByteString.copyFrom(bytes))
                .build();
    }
}
