package io.framequota.inferenceserver.entry;

import com.google.protobuf.TextFormat;
import io.framequota.inferenceserver.backend.Shapes;
import io.framequota.inferenceserver.backend.TensorSpec;
import io.framequota.inferenceserver.graph.UnusableModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * An entry of a model repository: config.pbtxt, labels.txt and the model with its weights. Triton and the embedded server load it.
 *
 * @param postprocess a value of {@code framequota.postprocess}
 * @param preprocess a value of {@code framequota.preprocess}
 * @param labels class names, none for numbers
 */
record RepositoryEntry(String name, ModelInspection model, String postprocess, String preprocess, List<String> labels) {
    private static final String LABELS = "labels.txt";
    /** Most pictures of a request for a model that takes several. */
    private static final int MAX_BATCH = 8;

    /** Writes the entry to a folder that need not exist. */
    void write(Path folder) throws IOException, UnusableModelException {
        Path version = Files.createDirectories(folder.resolve("1"));
        Files.copy(model.file(), version.resolve("model.onnx"));
        Path beside = model.file().toAbsolutePath().getParent();
        for (String weights : model.onnx().externalFiles()) {
            Path target = version.resolve(weights).normalize();
            if (beside == null || !target.startsWith(version) || target.equals(version)) {
                throw new UnusableModelException("its weights are in '" + weights + "', outside of its folder");
            }
            if (!Files.isRegularFile(beside.resolve(weights))) {
                throw new UnusableModelException("its weights are in " + weights + ", which is not beside it");
            }
            Files.createDirectories(target.resolveSibling(".").normalize());
            Files.copy(beside.resolve(weights), target);
        }
        if (!labels.isEmpty()) {
            Files.writeString(folder.resolve(LABELS), String.join("\n", labels) + "\n");
        }
        Files.writeString(folder.resolve("config.pbtxt"), config());
    }

    private String config() {
        boolean batched = Stream.concat(model.signature().inputs().stream(), model.signature().outputs().stream())
                .allMatch(t -> !t.shape().isEmpty() && t.shape().getFirst() == -1);
        StringBuilder text = new StringBuilder("# Written by 'fq model add'.\n")
                .append("name: ")
                .append(quoted(name))
                .append("\nbackend: \"onnxruntime\"\nmax_batch_size: ")
                .append(batched ? MAX_BATCH : 0)
                .append('\n');
        if (batched) {
            text.append("dynamic_batching { }\n");
        }
        for (TensorSpec input : model.signature().inputs()) {
            List<Long> dims =
                    model.picture().map(p -> p.dims(input.shape().getFirst())).orElse(input.shape());
            text.append(tensor("input", input, batched ? dims.subList(1, dims.size()) : dims, ""));
        }
        List<TensorSpec> outputs = model.signature().outputs();
        TensorSpec classes = outputs.stream()
                .filter(RepositoryEntry::isOfClasses)
                .findFirst()
                .orElse(outputs.getFirst());
        for (TensorSpec output : outputs) {
            List<Long> dims = output.shape();
            text.append(tensor(
                    "output",
                    output,
                    batched ? dims.subList(1, dims.size()) : dims,
                    output == classes && !labels.isEmpty() ? " label_filename: \"" + LABELS + "\"" : ""));
        }
        return text.append(parameter("preprocess", preprocess))
                .append(parameter("postprocess", postprocess))
                .toString();
    }

    private static boolean isOfClasses(TensorSpec output) {
        String name = output.name().toLowerCase(Locale.ROOT);
        return Stream.of("class", "label", "logit").anyMatch(name::contains);
    }

    private static String tensor(String kind, TensorSpec spec, List<Long> dims, String more) {
        return kind + " [ { name: " + quoted(spec.name()) + " data_type: " + spec.type() + " dims: " + Shapes.text(dims)
                + more + " } ]\n";
    }

    private static String parameter(String key, String value) {
        return "parameters { key: \"framequota." + key + "\" value { string_value: " + quoted(value) + " } }\n";
    }

    private static String quoted(String text) {
        return '"' + TextFormat.escapeDoubleQuotesAndBackslashes(text) + '"';
    }
}
