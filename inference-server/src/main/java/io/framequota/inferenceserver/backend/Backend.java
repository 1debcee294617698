package io.framequota.inferenceserver.backend;

import java.nio.file.Path;

/** Opens models of one kind. */
public interface Backend {
    /**
     * Opens a model.
     *
     * @param file the model's file
     * @throws io.framequota.inferenceserver.refusal.Refusal when it cannot be opened; the message says why
     */
    Model open(Path file);
}
