package io.framequota.lab.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The schema of the Kubernetes resource is the schema of experiment files, as far as a structural schema can express it: a
 * value that has several types keeps unknown fields, and {@code fq} checks it when the experiment runs.
 */
class ExperimentResourceDefinitionTest {
    private static final ObjectMapper YAML =
            new ObjectMapper(new YAMLFactory().disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER));
    private static final List<String> COPIED =
            List.of("description", "enum", "minimum", "maximum", "minItems", "maxItems", "required", "oneOf");
    /** Fields of the resource alone: where and how often the experiment runs. */
    private static final List<String> OF_THE_RESOURCE = List.of("home", "repeat");
    /** Bounds of the resource alone, so that it fits into the cluster's store. */
    private static final Map<String, Map<String, Integer>> BOUNDS = Map.of(
            "/description", Map.of("maxLength", 1024),
            "/policies", Map.of("maxItems", 64),
            "/serving", Map.of("maxItems", 64),
            "/sweep/properties/field", Map.of("maxLength", 256),
            "/sweep/properties/values", Map.of("maxItems", 64));

    private final JsonNode document = ExperimentSchema.document();

    @Test
    void theResourceHasTheFieldsOfAFile() throws IOException {
        JsonNode definition = YAML.readTree(
                Path.of("..", "helm", "framequota", "crds", "experiments.yaml").toFile());
        ObjectNode fields =
                (ObjectNode) definition.at("/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties");
        fields.remove(OF_THE_RESOURCE);

        assertThat(YAML.writeValueAsString(fields))
                .as("helm/framequota/crds/experiments.yaml, properties of spec but %s", OF_THE_RESOURCE)
                .isEqualTo(YAML.writeValueAsString(expected()));
    }

    private ObjectNode expected() {
        ObjectNode fields = (ObjectNode) structural(document).path("properties");
        // The resource's own name is the experiment's, and a cluster has no file beside it.
        fields.remove("name");
        ObjectNode workload = (ObjectNode) fields.path("workload");
        ((ObjectNode) workload.path("properties")).remove("trace");
        ((ArrayNode) workload.path("oneOf"))
                .removeIf(form -> form.path("required").path(0).asText().equals("trace"));
        BOUNDS.forEach(
                (at, bounds) -> bounds.forEach((keyword, most) -> ((ObjectNode) fields.at(at)).put(keyword, most)));
        return fields;
    }

    private ObjectNode structural(JsonNode schema) {
        if (schema.has("$ref")) {
            ObjectNode shared =
                    structural(document.at(schema.path("$ref").asText().substring(1)));
            if (schema.has("description")) {
                shared.set("description", schema.path("description"));
            }
            return shared;
        }
        ObjectNode result = YAML.createObjectNode();
        boolean text = schema.has("pattern");
        boolean several = schema.has("if") || !schema.has("type");
        if (!several) {
            result.put("type", text ? "string" : schema.path("type").asText());
        }
        COPIED.stream()
                .filter(schema::has)
                .forEach(k -> result.set(k, schema.path(k).deepCopy()));
        if (schema.has("exclusiveMinimum")) {
            result.set("minimum", schema.path("exclusiveMinimum"));
            result.put("exclusiveMinimum", true);
        }
        if (several) {
            return result.put("x-kubernetes-preserve-unknown-fields", true);
        }
        if (schema.has("items")) {
            result.set("items", structural(schema.path("items")));
        }
        if (schema.has("properties")) {
            ObjectNode properties = result.putObject("properties");
            schema.path("properties").properties().forEach(e -> properties.set(e.getKey(), structural(e.getValue())));
        }
        return result;
    }
}
