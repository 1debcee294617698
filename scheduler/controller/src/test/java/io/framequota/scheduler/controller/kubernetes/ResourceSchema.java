package io.framequota.scheduler.controller.kubernetes;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The schema of a resource definition, as an API server goes by it where unknown fields are errors ({@code kubectl} asks for
 * that). Rules in CEL are left to a real server. For the keywords that our definitions use; another one is an error.
 */
final class ResourceSchema {
    private static final String UNTYPED = "x-kubernetes-preserve-unknown-fields";
    private static final Set<String> KEYWORDS = Set.of(
            "type",
            "required",
            "properties",
            "items",
            "enum",
            "oneOf",
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "minItems",
            "maxItems",
            "maxLength",
            "description",
            "default",
            "x-kubernetes-validations",
            UNTYPED);

    private final Map<?, ?> spec;

    /** @param definition file of the definition, which has one version */
    ResourceSchema(Path definition) throws IOException {
        Map<?, ?> root = Serialization.unmarshal(Files.readString(definition), Map.class);
        Map<?, ?> version = (Map<?, ?>) ((List<?>) at(root, "spec", "versions")).getFirst();
        spec = (Map<?, ?>) at(version, "schema", "openAPIV3Schema", "properties", "spec");
    }

    private static Object at(Map<?, ?> map, String... path) {
        Object now = map;
        for (String name : path) {
            now = ((Map<?, ?>) now).get(name);
        }
        return now;
    }

    /** What is wrong with a resource's spec: fields with words. */
    List<String> complaints(Object value) {
        List<String> wrong = new ArrayList<>();
        check("spec", spec, value, wrong);
        return wrong;
    }

    private static void check(String path, Map<?, ?> schema, Object value, List<String> wrong) {
        if (!KEYWORDS.containsAll(schema.keySet())) {
            throw new AssertionError(path + " has keywords that this test does not know: " + schema.keySet());
        }
        Object type = schema.get("type");
        if (type == null && !Boolean.TRUE.equals(schema.get(UNTYPED))) {
            throw new AssertionError(path + " has no type, which a structural schema refuses");
        }
        if (type != null && !isOf(type, value)) {
            wrong.add(path + ": not of type " + type);
            return;
        }
        if (schema.get("enum") instanceof List<?> words && !words.contains(value)) {
            wrong.add(path + ": none of " + words);
        }
        switch (value) {
            case Map<?, ?> map -> object(path, schema, map, wrong);
            case List<?> list -> {
                bounds(path, "Items", schema, list.size(), wrong);
                if (schema.get("items") instanceof Map<?, ?> items) {
                    for (int i = 0; i < list.size(); i++) {
                        check(path + "[" + i + "]", items, list.get(i), wrong);
                    }
                }
            }
            case String text -> bounds(path, "Length", schema, text.length(), wrong);
            case Number number -> bounds(path, "imum", schema, number.doubleValue(), wrong);
            default -> {}
        }
    }

    private static void object(String path, Map<?, ?> schema, Map<?, ?> map, List<String> wrong) {
        Map<?, ?> known = schema.get("properties") instanceof Map<?, ?> properties ? properties : Map.of();
        map.forEach((name, value) -> {
            if (known.get(name) instanceof Map<?, ?> field) {
                check(path + "." + name, field, value, wrong);
            } else if (!Boolean.TRUE.equals(schema.get(UNTYPED))) {
                wrong.add(path + "." + name + ": unknown field");
            }
        });
        if (!hasRequired(schema, map)) {
            wrong.add(path + ": not all of " + schema.get("required"));
        }
        if (schema.get("oneOf") instanceof List<?> forms
                && forms.stream().filter(f -> hasRequired((Map<?, ?>) f, map)).count() != 1) {
            wrong.add(path + ": not one of " + forms);
        }
    }

    private static boolean hasRequired(Map<?, ?> schema, Map<?, ?> map) {
        return !(schema.get("required") instanceof List<?> names)
                || map.keySet().containsAll(names);
    }

    private static void bounds(String path, String what, Map<?, ?> schema, double is, List<String> wrong) {
        boolean exclusive = Boolean.TRUE.equals(schema.get("exclusiveMinimum"));
        boolean few = schema.get("min" + what) instanceof Number least
                && (is < least.doubleValue() || exclusive && is == least.doubleValue());
        boolean many = schema.get("max" + what) instanceof Number most && is > most.doubleValue();
        if (few || many) {
            wrong.add(path + ": " + is + " is out of bounds");
        }
    }

    private static boolean isOf(Object type, Object value) {
        return switch (String.valueOf(type)) {
            case "object" -> value instanceof Map;
            case "array" -> value instanceof List;
            case "string" -> value instanceof String;
            case "number" -> value instanceof Number;
            case "integer" -> value instanceof Integer || value instanceof Long;
            case "boolean" -> value instanceof Boolean;
            default -> throw new AssertionError("the type " + type);
        };
    }
}
