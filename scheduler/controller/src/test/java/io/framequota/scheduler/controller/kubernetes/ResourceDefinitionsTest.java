package io.framequota.scheduler.controller.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code kubectl explain} has a sentence for every field, at every level. */
class ResourceDefinitionsTest {
    private static final Path FOLDER = Path.of("..", "..", "helm", "framequota", "crds");

    @ParameterizedTest
    @ValueSource(strings = {"quotapolicies.yaml", "experiments.yaml"})
    void everyFieldIsExplained(String file) throws IOException {
        Map<?, ?> definition = Serialization.unmarshal(Files.readString(FOLDER.resolve(file)), Map.class);
        Map<?, ?> spec = (Map<?, ?>) definition.get("spec");
        Map<?, ?> version = (Map<?, ?>) ((List<?>) spec.get("versions")).getFirst();
        Map<?, ?> schema = (Map<?, ?>) ((Map<?, ?>) version.get("schema")).get("openAPIV3Schema");
        List<String> silent = new ArrayList<>();

        int fields = explained("", schema, silent);

        assertThat(silent).isEmpty();
        assertThat(fields).isGreaterThan(20);
    }

    /** Adds the fields without a description to the list; returns how many fields there are. */
    private static int explained(String path, Map<?, ?> schema, List<String> silent) {
        int fields = 1;
        // The API server has its own sentence for metadata, and refuses another one.
        boolean silentByItself = !(schema.get("description") instanceof String words) || words.isBlank();
        if (silentByItself && !path.equals(".metadata")) {
            silent.add(path);
        }
        if (schema.get("properties") instanceof Map<?, ?> properties) {
            for (Map.Entry<?, ?> field : properties.entrySet()) {
                fields += explained(path + "." + field.getKey(), (Map<?, ?>) field.getValue(), silent);
            }
        }
        // Of plain items, kubectl shows the type alone.
        if (schema.get("items") instanceof Map<?, ?> items && items.containsKey("properties")) {
            fields += explained(path + "[]", items, silent);
        }
        return fields;
    }
}
