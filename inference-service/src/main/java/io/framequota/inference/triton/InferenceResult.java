package io.framequota.inference.triton;

import java.util.List;

/** What became of one picture at the inference server. */
public sealed interface InferenceResult {

    /**
     * The server answered.
     *
     * @param outputs valid until the slot is released
     * @param computeUs microseconds the model was busy with it
     * @param waitUs microseconds it waited at the server or for the server to come back
     */
    record Answered(List<OutputTensor> outputs, long computeUs, long waitUs) implements InferenceResult {}

    /** The server refused this picture as often as it may; others may pass. */
    record Refused(String cause) implements InferenceResult {}

    /** The server has been away for longer than is waited for. */
    record ServerGone(String cause) implements InferenceResult {}

    /** The server no longer has the model. */
    record ModelGone(String cause) implements InferenceResult {}
}
