package io.framequota.inferenceserver.backend.onnx;

import io.framequota.inferenceserver.backend.Execution;
import io.framequota.inferenceserver.backend.Model;
import io.framequota.inferenceserver.backend.OutputRequest;
import io.framequota.inferenceserver.backend.Signature;
import io.framequota.inferenceserver.backend.Tensor;
import java.util.List;

/** A model that takes more than its signature states. */
record StatedModel(Model model, Signature signature) implements Model {
    @Override
    public Execution run(List<Tensor> inputs, List<OutputRequest> outputs) {
        return model.run(inputs, outputs);
    }

    @Override
    public void close() {
        model.close();
    }
}
