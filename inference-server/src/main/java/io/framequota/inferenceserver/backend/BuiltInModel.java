package io.framequota.inferenceserver.backend;

import io.framequota.contract.kserve.ModelConfig;

/**
 * A model that comes with the server.
 *
 * @param config its configuration, tensors included
 * @param model which may be run again after it was closed
 */
public record BuiltInModel(ModelConfig config, Model model) {}
