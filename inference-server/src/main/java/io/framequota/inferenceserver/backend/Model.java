package io.framequota.inferenceserver.backend;

import java.util.List;

/** A model that is ready to run. Any number of threads may run it at once; each run computes on its caller's thread only. */
public interface Model extends AutoCloseable {
    /** Its inputs and outputs. */
    ModelSignature signature();

    /**
     * Runs it once.
     *
     * @param inputs as the signature has them, checked by the caller, data direct
     * @param outputs those wanted, by names of the signature, each once
     * @throws io.framequota.inferenceserver.refusal.RefusedException when the model fails on these inputs
     */
    ExecutionResult run(List<Tensor> inputs, List<OutputRequest> outputs);

    /** Frees it. No run may be going on. */
    @Override
    void close();
}
