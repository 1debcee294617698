package io.framequota.inferenceserver.prepare;

import com.google.protobuf.TextFormat;
import io.framequota.contract.kserve.ModelConfig;
import io.framequota.inferenceserver.backend.ModelParameters;
import io.framequota.inferenceserver.graph.UnusableModelException;
import io.framequota.inferenceserver.graph.onnx.GraphProto;
import io.framequota.inferenceserver.graph.onnx.ModelProto;
import io.framequota.inferenceserver.graph.onnx.TensorShapeProto.Dimension;
import io.framequota.inferenceserver.graph.onnx.ValueInfoProto;
import io.framequota.inferenceserver.refusal.RefusedException;
import io.framequota.inferenceserver.repository.ConfigFile;
import io.framequota.inferenceserver.repository.LabelsParameter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The config.pbtxt of a prepared model. It has no tensors, because the server reads them from the model. Its parameters tell
 * workers how to preprocess and postprocess.
 */
final class PreparedConfig {
    private static final String PREPROCESS = "framequota.preprocess";
    private static final String POSTPROCESS = "framequota.postprocess";
    private static final String PREFIX = "framequota.";
    private static final int YOLOX_FIXED_COLUMNS = 5;

    private PreparedConfig() {}

    /** The configuration of a model that lies in a repository; an empty one when there is none. */
    static ModelConfig beside(Path model) throws UnusableModelException {
        Path version = model.toAbsolutePath().getParent();
        @Nullable Path entry = version == null ? null : version.getParent();
        if (entry == null || !Files.isRegularFile(entry.resolve("config.pbtxt"))) {
            return ModelConfig.getDefaultInstance();
        }
        try {
            return LabelsParameter.addTo(ConfigFile.read(String.valueOf(entry.getFileName()), entry), entry);
        } catch (RefusedException e) {
            throw new UnusableModelException(entry + ": " + e.reason());
        }
    }

    /**
     * Whether a model with this configuration takes 0 to 1.
     *
     * @throws UnusableModelException it takes a range that cannot become a part of the model
     */
    static boolean unitRange(ModelConfig config) throws UnusableModelException {
        String preprocess = ModelParameters.text(config, PREPROCESS);
        if (preprocess.endsWith("imagenet")) {
            throw new UnusableModelException(
                    "the range imagenet of framequota.preprocess cannot become a part of the model; use the model unchanged");
        }
        return preprocess.endsWith("0-1");
    }

    /**
     * The text of the new configuration: the parameters of the old one, and defaults derived from the graph's shapes.
     *
     * @param batch most pictures of a request, 1 for a model without such a dimension
     */
    static String text(String name, ModelConfig old, ModelProto model, int batch) {
        TreeMap<String, String> parameters = new TreeMap<>();
        old.getParametersMap().forEach((key, value) -> {
            if (key.startsWith(PREFIX)) {
                parameters.put(key, value.getStringValue());
            }
        });
        String preprocess = parameters.getOrDefault(PREPROCESS, "letterbox,bgr,0-255");
        parameters.put(PREPROCESS, preprocess.replaceAll("0-1$", "0-255"));
        parameters.putIfAbsent(POSTPROCESS, postprocess(model.getGraph()));
        StringBuilder text = new StringBuilder(
                        "# Written by 'fq model prepare'. The server reads the tensors from the model.\n")
                .append("name: \"")
                .append(name)
                .append("\"\n")
                .append("backend: \"onnxruntime\"\n");
        if (batch > 1) {
            text.append("max_batch_size: ").append(batch).append("\ndynamic_batching { }\n");
        }
        parameters.forEach((key, value) -> text.append("parameters { key: \"")
                .append(key)
                .append("\" value { string_value: \"")
                .append(TextFormat.escapeDoubleQuotesAndBackslashes(value))
                .append("\" } }\n"));
        return text.toString();
    }

    /** YOLOX has one output with a row for each cell of three grids: a box, the objectness and the classes. */
    private static String postprocess(GraphProto graph) {
        if (graph.getOutputCount() != 1) {
            return "raw";
        }
        List<Dimension> input = graph.getInputList().stream()
                .map(PreparedConfig::dims)
                .filter(dims -> dims.size() == 4)
                .findFirst()
                .orElse(List.of());
        List<Dimension> output = dims(graph.getOutput(0));
        if (input.isEmpty() || output.size() != 3) {
            return "raw";
        }
        long cells = 0;
        for (int stride : new int[] {8, 16, 32}) {
            cells += (input.get(1).getDimValue() / stride) * (input.get(2).getDimValue() / stride);
        }
        boolean yolox = cells > 0
                && output.get(1).getDimValue() == cells
                && output.get(2).getDimValue() > YOLOX_FIXED_COLUMNS;
        return yolox ? "yolox" : "raw";
    }

    private static List<Dimension> dims(ValueInfoProto value) {
        return value.getType().getTensorType().getShape().getDimList();
    }
}
