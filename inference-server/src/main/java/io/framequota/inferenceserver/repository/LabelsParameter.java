package io.framequota.inferenceserver.repository;

import io.framequota.common.text.Utf8Files;
import io.framequota.contract.kserve.ModelConfig;
import io.framequota.contract.kserve.ModelOutput;
import io.framequota.contract.kserve.ModelParameter;
import io.framequota.inferenceserver.refusal.RefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Adds class names to a configuration. The protocol cannot transfer the content of a label_filename, but it can transfer
 * parameters.
 */
public final class LabelsParameter {
    private static final String PARAMETER = "framequota.labels";

    private LabelsParameter() {}

    /**
     * Adds the parameter {@code framequota.labels} from the first label_filename, unless the parameter exists or a label
     * contains a comma.
     */
    public static ModelConfig addTo(ModelConfig config, Path folder) {
        if (config.containsParameters(PARAMETER)) {
            return config;
        }
        for (ModelOutput output : config.getOutputList()) {
            if (!output.getLabelFilename().isEmpty()) {
                return withLabels(config, folder.resolve(output.getLabelFilename()));
            }
        }
        return config;
    }

    private static ModelConfig withLabels(ModelConfig config, Path file) {
        List<String> labels;
        try {
            labels = Utf8Files.read(file).lines().toList();
        } catch (Utf8Files.NotUtf8 e) {
            throw RefusedException.unavailable("label_filename " + e.reason());
        } catch (IOException e) {
            throw RefusedException.unavailable("label_filename " + file.getFileName() + " cannot be read");
        }
        if (labels.stream().anyMatch(label -> label.contains(","))) {
            return config;
        }
        String joined = String.join(",", labels.stream().map(String::strip).toList());
        return config.toBuilder()
                .putParameters(
                        PARAMETER,
                        ModelParameter.newBuilder().setStringValue(joined).build())
                .build();
    }
}
