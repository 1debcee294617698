package io.framequota.inferenceserver.execution;

import io.framequota.inferenceserver.backend.OutputRequest;
import io.framequota.inferenceserver.backend.Tensor;
import java.util.List;

/** One accepted request of a model. Exactly one of {@link #answered} and {@link #failed} is called, once, by any thread. */
public interface InferenceRequest {
    /** Batch elements in it, at least 1. */
    long batch();

    /** Bytes it holds in this process while it waits. */
    long heldBytes();

    /** Whether nobody waits for the answer any more. */
    boolean cancelled();

    /** Its inputs with their data direct; what is not yet so is staged. Called by the thread that runs the model. */
    List<Tensor> inputs(StagingMemory staging);

    /** The outputs asked for, those with a place of a known size in staged memory. Called by the thread that runs the model. */
    List<OutputRequest> outputs(StagingMemory staging);

    /** Takes the outputs; those in staged memory are valid until it returns, the others for good. */
    void answered(List<Tensor> outputs, InferenceTiming timing);

    /** Takes the failure. */
    void failed(Throwable cause);
}
