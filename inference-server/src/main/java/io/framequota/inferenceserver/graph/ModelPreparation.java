package io.framequota.inferenceserver.graph;

import com.google.protobuf.InvalidProtocolBufferException;
import io.framequota.inferenceserver.graph.onnx.ModelProto;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Makes a model take 8-bit pictures and do the same work in fewer operators. */
public final class ModelPreparation {
    private ModelPreparation() {}

    /**
     * A prepared model.
     *
     * @param input name of the input that takes the picture
     * @param planes whether it took channels before rows (NCHW); it now takes them last (NHWC)
     */
    public record Prepared(ModelProto model, String input, boolean planes) {
        /** The same model for pictures of any height and width, if its operators allow it. */
        public ModelProto anySize() {
            return OpenPictureSize.open(model, input);
        }

        /** What the model's file says of the shapes of its inputs and outputs, by name; -1 where it leaves a size open. */
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
     * @param unitRange whether the model wants 0 to 1
     * @throws UnusableModelException when it cannot be read or has no input that takes a picture; the message does not name the file
     */
    public static Prepared prepare(Path file, boolean unitRange) throws UnusableModelException {
        ModelProto model = read(file);
        ModelProto prepared = EightBitInput.prepare(SpaceToDepthFolding.fold(model), unitRange);
        OnnxPictureInput picture = OnnxPictureInput.of(model.getGraph());
        return new Prepared(prepared, picture.name(), picture.planes());
    }

    private static ModelProto read(Path in) throws UnusableModelException {
        try (InputStream stream = new BufferedInputStream(Files.newInputStream(in))) {
            return ModelProto.parseFrom(stream);
        } catch (InvalidProtocolBufferException e) {
            throw new UnusableModelException("this is no ONNX model, or a truncated one");
        } catch (IOException e) {
            throw new UnusableModelException(
                    e instanceof NoSuchFileException ? "there is no such file" : "cannot be read: " + e);
        }
    }
}
