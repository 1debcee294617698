package io.framequota.inferenceserver.backend.onnx;

import io.framequota.inferenceserver.backend.ExecutionResult;
import io.framequota.inferenceserver.backend.Model;
import io.framequota.inferenceserver.backend.ModelSignature;
import io.framequota.inferenceserver.backend.OutputRequest;
import io.framequota.inferenceserver.backend.Tensor;
import java.util.List;

/** A model with a narrower signature than its own. */
record ModelWithSignature(Model model, ModelSignature signature) implements Model {
    @Override
    public ExecutionResult run(List<Tensor> inputs, List<OutputRequest> outputs) {
        return model.run(inputs, outputs);
    }

    @Override
    public void close() {
        model.close();
    }
}
