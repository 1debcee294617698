package io.framequota.inferenceserver.backend;

import java.util.List;

/** The inputs and outputs of a model as the model itself declares them, in its order. */
public record ModelSignature(List<TensorSpec> inputs, List<TensorSpec> outputs) {
    public ModelSignature {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }
}
