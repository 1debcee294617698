package io.framequota.inferenceserver.backend;

import io.framequota.contract.kserve.ModelConfig;
import io.framequota.contract.kserve.ModelParameter;

/** Access to the parameters of a model's configuration. Their values are strings. */
public final class ModelParameters {
    private ModelParameters() {}

    /** The value of a parameter, empty when it is missing. */
    public static String text(ModelConfig config, String name) {
        return config.getParametersOrDefault(name, ModelParameter.getDefaultInstance())
                .getStringValue();
    }

    public static ModelParameter of(String text) {
        return ModelParameter.newBuilder().setStringValue(text).build();
    }
}
