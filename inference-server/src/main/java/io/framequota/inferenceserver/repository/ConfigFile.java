package io.framequota.inferenceserver.repository;

import com.google.protobuf.TextFormat;
import io.framequota.common.text.Utf8Files;
import io.framequota.contract.kserve.ModelConfig;
import io.framequota.inferenceserver.refusal.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the config.pbtxt of a model. */
public final class ConfigFile {
    private static final String NAME = "config.pbtxt";

    private ConfigFile() {}

    /**
     * The configuration in a model's folder with the name filled in; an empty one when there is no file. Unknown fields are
     * ignored, because newer versions of Triton may add some.
     *
     * @throws RefusedException when the file is malformed or names another model
     */
    public static ModelConfig read(String model, Path folder) {
        ModelConfig.Builder config = ModelConfig.newBuilder();
        Path file = folder.resolve(NAME);
        if (Files.isRegularFile(file)) {
            try {
                TextFormat.Parser.newBuilder()
                        .setAllowUnknownFields(true)
                        .build()
                        .merge(Utf8Files.read(file), config);
            } catch (TextFormat.ParseException e) {
                throw RefusedException.unavailable(NAME + " is malformed at line:column " + e.getMessage());
            } catch (Utf8Files.NotUtf8 e) {
                throw RefusedException.unavailable(e.reason());
            } catch (IOException e) {
                throw RefusedException.unavailable(NAME + " cannot be read; check its permissions");
            }
        }
        if (!config.getName().isEmpty() && !config.getName().equals(model)) {
            throw RefusedException.unavailable(
                    NAME + " has the model name '" + config.getName() + "', but its folder is '" + model + "'");
        }
        return config.setName(model).build();
    }
}
