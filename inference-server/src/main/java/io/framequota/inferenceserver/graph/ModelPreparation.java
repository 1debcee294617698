package io.framequota.inferenceserver.graph;

import io.framequota.inferenceserver.graph.onnx.GraphProto;
import io.framequota.inferenceserver.graph.onnx.ModelProto;
import io.framequota.inferenceserver.graph.onnx.TensorShapeProto;
import io.framequota.inferenceserver.graph.onnx.ValueInfoProto;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Prepares a model: it takes 8-bit pictures afterwards and needs fewer operators for the same result. */
public final class ModelPreparation {
    private ModelPreparation() {}

    /**
     * A prepared model.
     *
     * @param input name of the picture input
     * @param planes whether the input had its channels before the rows (NCHW); it now has them last (NHWC)
     */
    public record Prepared(ModelProto model, String input, boolean planes) {
        /**
         * The model with an open height and width of its picture. Its graph may still have sizes in its constants: only running it
         * shows whether it works.
         */
        public ModelProto anySize() {
            GraphProto.Builder graph = model.getGraph().toBuilder();
            for (ValueInfoProto.Builder value : graph.getInputBuilderList()) {
                if (value.getName().equals(input)) {
                    TensorShapeProto.Builder shape =
                            value.getTypeBuilder().getTensorTypeBuilder().getShapeBuilder();
                    shape.setDim(1, TensorShapeProto.Dimension.newBuilder().setDimParam("height"));
                    shape.setDim(2, TensorShapeProto.Dimension.newBuilder().setDimParam("width"));
                }
            }
            // The sizes stated for inner values and outputs are those of the full picture; the runtime infers them
            // again.
            graph.clearValueInfo();
            graph.getOutputBuilderList()
                    .forEach(output ->
                            output.getTypeBuilder().getTensorTypeBuilder().clearShape());
            return model.toBuilder().setGraph(graph).build();
        }

        /** The shapes that the model file states for inputs and outputs, by name; -1 for open dimensions. */
        public Map<String, List<Long>> shapes() {
            Map<String, List<Long>> shapes = new HashMap<>();
            Stream.concat(model.getGraph().getInputList().stream(), model.getGraph().getOutputList().stream())
                    .forEach(value -> shapes.put(
                            value.getName(),
                            value.getType().getTensorType().getShape().getDimList().stream()
                                    .map(dim -> dim.hasDimValue() ? dim.getDimValue() : -1L)
                                    .toList()));
            return shapes;
        }
    }

    /**
     * Reads a model and prepares it.
     *
     * @param unitRange whether the model takes 0 to 1
     * @throws UnusableModelException when it cannot be read or has no picture input; the message does not name the file
     */
    public static Prepared prepare(Path file, boolean unitRange) throws UnusableModelException {
        return prepare(OnnxFile.read(file).model(), unitRange);
    }

    /** As above, for a model that was read. */
    public static Prepared prepare(ModelProto model, boolean unitRange) throws UnusableModelException {
        ModelProto prepared = EightBitInput.prepare(SpaceToDepthFolding.fold(model), unitRange);
        OnnxPictureInput picture = OnnxPictureInput.of(model.getGraph());
        return new Prepared(prepared, picture.name(), picture.planes());
    }
}
