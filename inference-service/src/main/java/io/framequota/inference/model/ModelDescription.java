package io.framequota.inference.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an inference server says of a model, before anything is made of it.
 *
 * @param name of the model
 * @param inputs with the batch in their shapes
 * @param outputs with the batch in their shapes
 * @param parameters of its configuration
 * @param labelFile the {@code label_filename} of an output, null when none is named
 * @param instances of it that the server runs at once, 0 when not said
 */
public record ModelDescription(
        String name,
        List<ModelTensor> inputs,
        List<ModelTensor> outputs,
        Map<String, String> parameters,
        @Nullable String labelFile,
        int instances) {}
