package io.framequota.lab.file;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.path.NodePath;
import io.framequota.lab.experiment.InvalidExperimentException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * The JSON Schema of experiment files, {@code experiments/experiment.schema.json}. Editors use the same document, and the
 * schema of the Kubernetes resource is derived from it.
 */
final class ExperimentSchema {
    private static final JsonNode DOCUMENT = document();
    private static final Schema SCHEMA =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7).getSchema(DOCUMENT);

    /** The schema's document. */
    static JsonNode document() {
        try (InputStream in = ExperimentSchema.class.getResourceAsStream("/experiment.schema.json")) {
            return new ObjectMapper().readTree(Objects.requireNonNull(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Validates a file.
     *
     * @param root the file's top-level value
     * @throws InvalidExperimentException for the first error in the file
     */
    static void check(YamlValue root) {
        SCHEMA.validate(root.json()).stream()
                // A violated oneOf also reports the branches; its own error names all of them.
                .filter(e -> !e.getEvaluationPath().contains("oneOf")
                        || e.getKeyword().equals("oneOf"))
                // A misspelt name comes before the field that is missing because of it.
                .min(Comparator.comparing((Error e) -> !e.getKeyword().equals("additionalProperties"))
                        .thenComparingInt(e -> location(root, e).line()))
                .ifPresent(e -> {
                    throw exception(root, e);
                });
    }

    private static YamlValue location(YamlValue root, Error error) {
        YamlValue value = value(root, error.getInstanceLocation());
        return error.getKeyword().equals("additionalProperties") ? value.key(error.getProperty()) : value;
    }

    private static YamlValue value(YamlValue root, NodePath location) {
        YamlValue value = root;
        for (int i = 0; i < location.getNameCount(); i++) {
            value = location.getElement(i) instanceof Integer index
                    ? value.elements().get(index)
                    : value.need(location.getName(i));
        }
        return value;
    }

    private static InvalidExperimentException exception(YamlValue root, Error error) {
        YamlValue value = location(root, error);
        // The object that has the violated keyword.
        JsonNode schema = DOCUMENT.at(
                JsonPointer.compile(error.getSchemaLocation().getFragment().toString())
                        .head());
        return switch (error.getKeyword()) {
            case "additionalProperties" -> value.invalid("there is no such field", names(schema.path("properties")));
            case "required" ->
                value.missing(
                        error.getProperty(), allowed(schema.path("properties").path(error.getProperty())));
            case "oneOf" -> {
                List<String> names = StreamSupport.stream(schema.path("oneOf").spliterator(), false)
                        .map(branch -> branch.path("required").path(0).asText())
                        .toList();
                long given = names.stream().filter(value.fields()::containsKey).count();
                yield value.invalid(
                        "it has " + given + " of these fields", "exactly one of " + String.join(", ", names));
            }
            case "minItems", "maxItems" ->
                value.invalid(
                        value.elements().isEmpty()
                                ? "the list is empty"
                                : "the list has " + value.elements().size() + " values",
                        allowed(schema));
            default -> {
                boolean noMapping = "object".equals(schema.path("type").asText());
                yield value.invalid(
                        noMapping ? value.quoted() + " has no fields" : "cannot be " + value.quoted(), allowed(schema));
            }
        };
    }

    /** What a schema allows, in words. */
    private static String allowed(JsonNode schema) {
        if (schema.has("$ref")) {
            return allowed(DOCUMENT.at(schema.path("$ref").asText().substring(1)));
        }
        if (schema.has("examples")) {
            return list(schema.path("examples"));
        }
        if (schema.has("enum")) {
            return list(schema.path("enum"));
        }
        if (schema.has("else") && !schema.has("type")) {
            return allowed(schema.path("else"));
        }
        return switch (schema.path("type").asText()) {
            case "integer" -> number("a whole number", schema);
            case "number" -> number("a number", schema);
            case "object" -> "a mapping with " + names(schema.path("properties"));
            case "array" -> values(schema);
            default -> schema.has("pattern") ? "a text" : "it must be given";
        };
    }

    private static String number(String kind, JsonNode schema) {
        boolean bounded = schema.has("maximum") && schema.path("maximum").asDouble() < Integer.MAX_VALUE;
        if (schema.has("exclusiveMinimum")) {
            return kind + " above " + schema.path("exclusiveMinimum").asText()
                    + (bounded ? ", at most " + schema.path("maximum").asText() : "");
        }
        String least = schema.path("minimum").asText();
        return bounded
                ? kind + " from " + least + " to " + schema.path("maximum").asText()
                : kind + " of at least " + least;
    }

    private static String values(JsonNode schema) {
        String count = schema.has("maxItems") ? schema.path("maxItems").asText() + " values" : "at least one value";
        String description = schema.path("description").asText().replaceFirst("\\.$", "");
        return description.isEmpty() ? count : count + ": " + description;
    }

    private static String names(JsonNode properties) {
        return String.join(", ", (Iterable<String>) properties::fieldNames);
    }

    private static String list(JsonNode values) {
        return StreamSupport.stream(values.spliterator(), false)
                .map(ExperimentSchema::flow)
                .collect(Collectors.joining(", "));
    }

    /** A value as a file would have it on one line. */
    private static String flow(JsonNode value) {
        if (value.isObject()) {
            return value.properties().stream()
                    .map(e -> e.getKey() + ": " + flow(e.getValue()))
                    .collect(Collectors.joining(", ", "{ ", " }"));
        }
        return value.isArray()
                ? StreamSupport.stream(value.spliterator(), false)
                        .map(ExperimentSchema::flow)
                        .collect(Collectors.joining(", ", "[", "]"))
                : value.asText();
    }

    private ExperimentSchema() {}
}
