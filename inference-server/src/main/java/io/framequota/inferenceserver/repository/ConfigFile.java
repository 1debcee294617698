package io.framequota.inferenceserver.repository;

import com.google.protobuf.TextFormat;
import io.framequota.contract.kserve.ModelConfig;
import io.framequota.contract.text.TextFiles;
import io.framequota.inferenceserver.refusal.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads a model's config.pbtxt. */
public final class ConfigFile {
    private static final String NAME = "config.pbtxt";

    private ConfigFile() {}

    /**
     * The configuration in this model's folder with its name filled in, an empty one when there is no file. Fields that this
     * server does not know are passed over, for Triton's newer versions may add some.
     *
     * @throws Refusal when it is malformed or of another model
     */
    public static ModelConfig read(String model, Path folder) {
        ModelConfig.Builder config = ModelConfig.newBuilder();
        Path file = folder.resolve(NAME);
        if (Files.isRegularFile(file)) {
            try {
                TextFormat.Parser.newBuilder()
                        .setAllowUnknownFields(true)
                        .build()
                        .merge(TextFiles.read(file), config);
            } catch (TextFormat.ParseException e) {
                throw Refusal.unavailable(NAME + " is malformed at line:column " + e.getMessage());
            } catch (TextFiles.NotUtf8 e) {
                throw Refusal.unavailable(e.reason());
            } catch (IOException e) {
                throw Refusal.unavailable(NAME + " cannot be read; check who may read it");
            }
        }
        if (!config.getName().isEmpty() && !config.getName().equals(model)) {
            throw Refusal.unavailable(NAME + " names the model '" + config.getName() + "', its folder '" + model + "'");
        }
        return config.setName(model).build();
    }
}
