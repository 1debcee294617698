package io.framequota.inferenceserver.backend;

import io.framequota.contract.kserve.ModelConfig;
import java.nio.file.Path;

/** Opens models of one kind. */
public interface Backend {
    /**
     * A model that can be run.
     *
     * @param config what was configured, fitted to the model as it was opened
     */
    record Opened(ModelConfig config, Model model) {}

    /**
     * Opens a model.
     *
     * @param config what its config.pbtxt says, the name filled in
     * @param file the model's file
     * @throws io.framequota.inferenceserver.refusal.RefusedException when it cannot be opened; the message says why
     */
    Opened open(ModelConfig config, Path file);
}
