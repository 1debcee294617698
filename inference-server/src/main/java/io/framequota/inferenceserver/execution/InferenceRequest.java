package io.framequota.inferenceserver.execution;

import io.framequota.inferenceserver.backend.OutputRequest;
import io.framequota.inferenceserver.backend.Tensor;
import java.util.List;

/** An accepted request for a model. Exactly one of {@link #answered} and {@link #failed} is called, once, by any thread. */
public interface InferenceRequest {
    /** Name of the caller, empty for none; requests of different callers do not wait for each other. */
    String caller();

    /** How urgent it is among those of its caller: 1 for the highest priority, then 2 and so on; 0 for none, behind all others. */
    long priority();

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
