package io.framequota.inferenceserver.backend;

import java.util.List;

/**
 * What a run of a model gave.
 *
 * @param outputs in the order asked for; one that had a target may hold the target
 * @param inputNs time spent making the inputs ready
 * @param inferNs time spent in the model
 * @param outputNs time spent taking the outputs out
 */
public record ExecutionResult(List<Tensor> outputs, long inputNs, long inferNs, long outputNs) {}
