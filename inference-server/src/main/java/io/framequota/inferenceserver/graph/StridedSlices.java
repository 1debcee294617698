package io.framequota.inferenceserver.graph;

import io.framequota.inferenceserver.graph.onnx.GraphProto;
import io.framequota.inferenceserver.graph.onnx.NodeProto;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The Slice operators of a graph that take every second row or column of a picture [batch, channels, height, width]. */
final class StridedSlices {
    private static final int ROWS = 2;
    private static final int COLUMNS = 3;
    /** An end from here on means the end of the picture: no picture is that large. */
    private static final long END = Integer.MAX_VALUE;

    /** Every second row from {@code row} and every second column from {@code column}; each is 0 or 1. */
    record Quarter(String source, int row, int column) {}

    private final Map<String, NodeProto> slices = new HashMap<>();
    private final GraphConstants constants;

    StridedSlices(GraphProto graph, GraphConstants constants) {
        this.constants = constants;
        for (NodeProto node : graph.getNodeList()) {
            // Before operator set 10, the bounds were attributes.
            if (node.getOpType().equals("Slice") && node.getInputCount() == 5) {
                slices.put(node.getOutput(0), node);
            }
        }
    }

    /** Follows a value back through its slices; null when they do not take a quarter of another value. */
    @Nullable
    Quarter quarter(String value) {
        int[] first = {-1, -1};
        String source = value;
        for (NodeProto slice = slices.get(source); slice != null; slice = slices.get(source)) {
            if (!halves(slice, first)) {
                return null;
            }
            source = slice.getInput(0);
        }
        return first[0] < 0 || first[1] < 0 ? null : new Quarter(source, first[0], first[1]);
    }

    private boolean halves(NodeProto slice, int[] first) {
        long[] starts = constants.integers(slice.getInput(1));
        long[] ends = constants.integers(slice.getInput(2));
        long[] axes = constants.integers(slice.getInput(3));
        long[] steps = constants.integers(slice.getInput(4));
        if (starts == null || ends == null || axes == null || steps == null) {
            return false;
        }
        for (int i = 0; i < axes.length; i++) {
            int axis = axes[i] == ROWS ? 0 : axes[i] == COLUMNS ? 1 : -1;
            boolean half = axis >= 0
                    && first[axis] < 0
                    && steps[i] == 2
                    && (starts[i] == 0 || starts[i] == 1)
                    && ends[i] >= END;
            if (!half) {
                return false;
            }
            first[axis] = (int) starts[i];
        }
        return true;
    }
}
