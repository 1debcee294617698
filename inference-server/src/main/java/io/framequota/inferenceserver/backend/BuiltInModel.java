package io.framequota.inferenceserver.backend;

import io.framequota.contract.kserve.ModelConfig;

/**
 * A model that is part of the server.
 *
 * @param config its configuration with its tensors
 * @param model can be run again after it was closed
 */
public record BuiltInModel(ModelConfig config, Model model) {}
