package io.framequota.inferenceserver.backend;

import io.framequota.contract.kserve.ModelConfig;
import java.nio.file.Path;

/** Opens the models of one runtime. */
public interface Backend {
    /**
     * An opened model.
     *
     * @param config the configuration, adapted to the model
     */
    record Opened(ModelConfig config, Model model) {}

    /**
     * Opens a model.
     *
     * @param config its config.pbtxt with the name filled in
     * @param file the file of the model
     * @throws io.framequota.inferenceserver.refusal.RefusedException with the reason when it cannot be opened
     */
    Opened open(ModelConfig config, Path file);
}
