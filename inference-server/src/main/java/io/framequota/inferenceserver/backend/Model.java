package io.framequota.inferenceserver.backend;

import java.util.List;

/** A model that is ready to run. Several threads may run it at once. Each run computes on its caller's thread only. */
public interface Model extends AutoCloseable {
    ModelSignature signature();

    /**
     * Runs the model once.
     *
     * @param inputs match the signature, which the caller has checked; their data is in direct memory
     * @param outputs the wanted outputs, each once
     * @throws io.framequota.inferenceserver.refusal.RefusedException when the model fails on these inputs
     */
    ExecutionResult run(List<Tensor> inputs, List<OutputRequest> outputs);

    /** Frees the model. No run may be in progress. */
    @Override
    void close();
}
