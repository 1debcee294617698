package io.framequota.inferenceserver.graph;

import io.framequota.inferenceserver.graph.onnx.GraphProto;
import io.framequota.inferenceserver.graph.onnx.ModelProto;
import io.framequota.inferenceserver.graph.onnx.TensorShapeProto;
import io.framequota.inferenceserver.graph.onnx.ValueInfoProto;

/**
 * Opens the height and width of a model's picture. A graph may still have sizes in its constants: only running it shows whether
 * it works.
 */
final class OpenPictureSize {
    private OpenPictureSize() {}

    /** The model whose input of this name, [batch, height, width, channels], takes any height and width. */
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
        // The sizes stated for inner values and outputs are those of the full picture; the runtime infers them again.
        graph.clearValueInfo();
        graph.getOutputBuilderList()
                .forEach(
                        output -> output.getTypeBuilder().getTensorTypeBuilder().clearShape());
        return model.toBuilder().setGraph(graph).build();
    }
}
