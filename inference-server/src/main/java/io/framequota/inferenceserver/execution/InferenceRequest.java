package io.framequota.inferenceserver.execution;

import io.framequota.inferenceserver.backend.OutputRequest;
import io.framequota.inferenceserver.backend.Tensor;
import java.util.List;

/** An accepted request for a model. Exactly one of {@link #answered} and {@link #failed} is called, once, by any thread. */
public interface InferenceRequest {
    /** The number of batch elements, at least 1. */
    long batch();

    /** Bytes of this process's memory that it holds while it waits. */
    long heldBytes();

    /** Whether nobody waits for the answer any more. */
    boolean cancelled();

    /** The inputs with their data in direct memory, staged where necessary. Called by the thread that runs the model. */
    List<Tensor> inputs(StagingMemory staging);

    /**
     * The wanted outputs. Those with a known size and place get a target in staging memory. Called by the thread that runs the
     * model.
     */
    List<OutputRequest> outputs(StagingMemory staging);

    /** Takes the outputs. Those in staging memory are valid until this returns, the others for good. */
    void answered(List<Tensor> outputs, InferenceTiming timing);

    void failed(Throwable cause);
}
