package io.framequota.inferenceserver.graph;

import io.framequota.inferenceserver.graph.onnx.GraphProto;
import io.framequota.inferenceserver.graph.onnx.ModelProto;
import io.framequota.inferenceserver.graph.onnx.TensorShapeProto;
import io.framequota.inferenceserver.graph.onnx.ValueInfoProto;

/**
 * Leaves a model's picture any height and width. Whether its operators then still do the same is for its runs to show: a graph
 * may hold sizes in its constants.
 */
final class OpenPictureSize {
    private OpenPictureSize() {}

    /** The model whose input of this name, [batch, height, width, channels], may have any height and width. */
    static ModelProto open(ModelProto model, String input) {
        GraphProto.Builder graph = model.getGraph().toBuilder();
        for (ValueInfoProto.Builder value : graph.getInputBuilderList()) {
            if (value.getName().equals(input)) {
                TensorShapeProto.Builder shape =
                        value.getTypeBuilder().getTensorTypeBuilder().getShapeBuilder();
                shape.setDim(1, TensorShapeProto.Dimension.newBuilder().setDimParam("height"));
                shape.setDim(2, TensorShapeProto.Dimension.newBuilder().setDimParam("width"));
            }
        }
        // What the graph says of sizes further on holds for the full picture only; the runtime infers them anew.
        graph.clearValueInfo();
        graph.getOutputBuilderList()
                .forEach(
                        output -> output.getTypeBuilder().getTensorTypeBuilder().clearShape());
        return model.toBuilder().setGraph(graph).build();
    }
}
