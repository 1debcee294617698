package io.framequota.inference.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an inference server says about a model.
 *
 * @param inputs with the batch in their shapes
 * @param outputs with the batch in their shapes
 * @param parameters of the model's configuration
 * @param labelFile the {@code label_filename} of an output, null when no output has one
 * @param instances concurrent executions, 0 when unknown
 */
public record ModelDescription(
        String name,
        List<ModelTensor> inputs,
        List<ModelTensor> outputs,
        Map<String, String> parameters,
        @Nullable String labelFile,
        int instances) {}
