package io.framequota.inferenceserver.backend;

import io.framequota.contract.kserve.ModelConfig;
import io.framequota.contract.kserve.ModelParameter;

/** Parameters of a model's configuration, which are texts. */
public final class ModelParameters {
    private ModelParameters() {}

    /** What a parameter says, nothing where it is not there. */
    public static String text(ModelConfig config, String name) {
        return config.getParametersOrDefault(name, ModelParameter.getDefaultInstance())
                .getStringValue();
    }

    /** A parameter that says this. */
    public static ModelParameter of(String text) {
        return ModelParameter.newBuilder().setStringValue(text).build();
    }
}
