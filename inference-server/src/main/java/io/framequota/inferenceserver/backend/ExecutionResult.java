package io.framequota.inferenceserver.backend;

import java.util.List;

/**
 * The result of running a model once. Times are nanoseconds.
 *
 * @param outputs in the order of the request; an output with a target may be the target
 * @param inputNs time spent on preparing the inputs
 * @param inferNs time spent in the model
 * @param outputNs time spent on reading the outputs
 */
public record ExecutionResult(List<Tensor> outputs, long inputNs, long inferNs, long outputNs) {}
