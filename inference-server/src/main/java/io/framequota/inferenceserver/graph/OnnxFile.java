package io.framequota.inferenceserver.graph;

import com.google.protobuf.InvalidProtocolBufferException;
import io.framequota.inferenceserver.graph.onnx.ModelProto;
import io.framequota.inferenceserver.graph.onnx.StringStringEntryProto;
import io.framequota.inferenceserver.graph.onnx.TensorProto;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The content of an ONNX file. */
public record OnnxFile(ModelProto model) {
    /** The metadata in which Ultralytics' exports keep their class names, as Python writes a dictionary. */
    private static final String NAMES = "names";

    private static final Pattern NAME =
            Pattern.compile("(\\d+)\\s*:\\s*(?:'((?:[^'\\\\]|\\\\.)*)'|\"((?:[^\"\\\\]|\\\\.)*)\")");

    /**
     * Reads a file.
     *
     * @throws UnusableModelException when it cannot be read or is no ONNX model; the message does not name the file
     */
    public static OnnxFile read(Path file) throws UnusableModelException {
        try (InputStream stream = new BufferedInputStream(Files.newInputStream(file))) {
            ModelProto model = ModelProto.parseFrom(stream);
            if (!model.hasGraph() || model.getOpsetImportCount() == 0) {
                throw new UnusableModelException("the file is not an ONNX model: it has no graph or no operator set");
            }
            return new OnnxFile(model);
        } catch (InvalidProtocolBufferException e) {
            throw new UnusableModelException("the file is not an ONNX model, or it is truncated");
        } catch (IOException e) {
            throw new UnusableModelException(
                    e instanceof NoSuchFileException ? "there is no such file" : "cannot be read: " + e);
        }
    }

    /** Names of the files beside it that hold weights, each once. */
    public List<String> externalFiles() {
        return model.getGraph().getInitializerList().stream()
                .filter(tensor -> tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL)
                .flatMap(tensor -> tensor.getExternalDataList().stream())
                .filter(entry -> entry.getKey().equals("location"))
                .map(StringStringEntryProto::getValue)
                .distinct()
                .toList();
    }

    /** The program that wrote it, with its version; empty when it does not say. */
    public String producer() {
        return (model.getProducerName() + " " + model.getProducerVersion()).strip();
    }

    /** The class names in its metadata, by index; empty when there are none or some are missing. */
    public List<String> classNames() {
        String text = model.getMetadataPropsList().stream()
                .filter(entry -> entry.getKey().equals(NAMES))
                .map(StringStringEntryProto::getValue)
                .findFirst()
                .orElse("");
        List<String> names = new ArrayList<>();
        Matcher matcher = NAME.matcher(text);
        while (matcher.find()) {
            if (Integer.parseInt(matcher.group(1)) != names.size()) {
                return List.of();
            }
            String quoted = matcher.group(2) != null ? matcher.group(2) : matcher.group(3);
            names.add(quoted.replaceAll("\\\\(.)", "$1"));
        }
        return List.copyOf(names);
    }
}
