package io.framequota.inferenceserver.graph;

import io.framequota.inferenceserver.graph.onnx.GraphProto;
import io.framequota.inferenceserver.graph.onnx.TensorProto;
import io.framequota.inferenceserver.graph.onnx.TensorShapeProto.Dimension;
import io.framequota.inferenceserver.graph.onnx.ValueInfoProto;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The input of an ONNX graph that takes the picture.
 *
 * @param position among the graph's inputs
 * @param elementType ONNX's number of its floating-point type
 * @param planes whether the channels come before the rows (NCHW) or last (NHWC)
 * @param batch the dimension as the graph has it; so are the others
 */
record OnnxPictureInput(
        int position,
        String name,
        int elementType,
        boolean planes,
        Dimension batch,
        Dimension height,
        Dimension width,
        Dimension channels) {
    static final int FLOAT = 1;
    static final int UINT8 = 2;
    private static final int FLOAT16 = 10;
    private static final int DOUBLE = 11;

    /** Finds the input: the only one with four dimensions, of which the second or the last has 1 or 3 channels. */
    static OnnxPictureInput of(GraphProto graph) throws UnusableModelException {
        Set<String> weights =
                graph.getInitializerList().stream().map(TensorProto::getName).collect(Collectors.toSet());
        OnnxPictureInput found = null;
        for (int i = 0; i < graph.getInputCount(); i++) {
            ValueInfoProto input = graph.getInput(i);
            if (weights.contains(input.getName()) || dims(input).size() != 4) {
                continue;
            }
            if (found != null) {
                throw new UnusableModelException("the model has two possible picture inputs, '" + found.name()
                        + "' and '" + input.getName() + "'; only models with one picture input are supported");
            }
            found = at(i, input);
        }
        if (found == null) {
            throw new UnusableModelException("the model has no picture input: none of its inputs has four dimensions");
        }
        return found;
    }

    private static OnnxPictureInput at(int position, ValueInfoProto input) throws UnusableModelException {
        String name = input.getName();
        int type = input.getType().getTensorType().getElemType();
        if (type == UINT8) {
            throw new UnusableModelException(
                    "input '" + name + "' already takes 8-bit elements; use the model unchanged");
        }
        if (type != FLOAT && type != FLOAT16 && type != DOUBLE) {
            throw new UnusableModelException(
                    "input '" + name + "' has elements of ONNX type " + type + ", not floating point");
        }
        List<Dimension> d = dims(input);
        if (channels(d.get(1))) {
            return new OnnxPictureInput(position, name, type, true, d.get(0), d.get(2), d.get(3), d.get(1));
        }
        if (channels(d.get(3))) {
            return new OnnxPictureInput(position, name, type, false, d.get(0), d.get(1), d.get(2), d.get(3));
        }
        throw new UnusableModelException(
                "input '" + name + "' has 1 or 3 channels neither second (NCHW) nor last (NHWC)");
    }

    private static List<Dimension> dims(ValueInfoProto input) {
        return input.getType().getTensorType().getShape().getDimList();
    }

    private static boolean channels(Dimension dim) {
        return dim.getDimValue() == 1 || dim.getDimValue() == 3;
    }
}
