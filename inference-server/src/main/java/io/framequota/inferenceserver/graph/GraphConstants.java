package io.framequota.inferenceserver.graph;

import io.framequota.inferenceserver.graph.onnx.AttributeProto;
import io.framequota.inferenceserver.graph.onnx.GraphProto;
import io.framequota.inferenceserver.graph.onnx.NodeProto;
import io.framequota.inferenceserver.graph.onnx.TensorProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The constants of a graph: its initializers and the values of its Constant operators. */
final class GraphConstants {
    private static final int FLOAT = 1;
    private static final int INT64 = 7;

    private final Map<String, TensorProto> values = new HashMap<>();

    GraphConstants(GraphProto graph) {
        graph.getInitializerList().forEach(tensor -> values.put(tensor.getName(), tensor));
        for (NodeProto node : graph.getNodeList()) {
            if (node.getOpType().equals("Constant")) {
                for (AttributeProto attribute : node.getAttributeList()) {
                    if (attribute.hasT()) {
                        values.put(node.getOutput(0), attribute.getT());
                    }
                }
            }
        }
    }

    /** The FLOAT tensor of this name; null when there is none or its elements are not in the file. */
    @Nullable
    TensorProto floats(String name) {
        TensorProto tensor = values.get(name);
        return tensor != null && tensor.getDataType() == FLOAT && inFile(tensor) ? tensor : null;
    }

    /** The elements of a FLOAT tensor. */
    static float[] elements(TensorProto tensor) {
        if (tensor.getFloatDataCount() > 0) {
            float[] elements = new float[tensor.getFloatDataCount()];
            for (int i = 0; i < elements.length; i++) {
                elements[i] = tensor.getFloatData(i);
            }
            return elements;
        }
        FloatBuffer raw = raw(tensor).asFloatBuffer();
        float[] elements = new float[raw.remaining()];
        raw.get(elements);
        return elements;
    }

    /** The elements of the INT64 tensor of this name; null when there is none or its elements are not in the file. */
    long @Nullable [] integers(String name) {
        TensorProto tensor = values.get(name);
        if (tensor == null || tensor.getDataType() != INT64 || !inFile(tensor)) {
            return null;
        }
        if (tensor.getInt64DataCount() > 0) {
            return tensor.getInt64DataList().stream().mapToLong(Long::longValue).toArray();
        }
        LongBuffer raw = raw(tensor).asLongBuffer();
        long[] elements = new long[raw.remaining()];
        raw.get(elements);
        return elements;
    }

    private static ByteBuffer raw(TensorProto tensor) {
        return tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    private static boolean inFile(TensorProto tensor) {
        return tensor.getDataLocation() != TensorProto.DataLocation.EXTERNAL;
    }
}
