package io.framequota.inference.triton;

import io.framequota.inference.model.OutputTensor;
import java.util.List;

/** The result of sending one picture to the inference server. */
public sealed interface InferenceResult {

    /**
     * The server answered.
     *
     * @param outputs valid until the slot is released
     * @param computeUs microseconds that the model computed
     * @param waitUs microseconds that the picture waited, at the server or for its return
     */
    record Answered(List<OutputTensor> outputs, long computeUs, long waitUs) implements InferenceResult {}

    /** The server refused this picture too often. Other pictures may succeed. */
    record Refused(String cause) implements InferenceResult {}

    /** The server did not answer this picture in time, while it answered others. It may still do. */
    record Unanswered(String cause) implements InferenceResult {}

    /** The server was away for too long. */
    record ServerGone(String cause) implements InferenceResult {}

    /** The server does not have the model any more. */
    record ModelGone(String cause) implements InferenceResult {}
}
