package io.framequota.lab.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.framequota.lab.experiment.InvalidExperimentException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A value of an experiment file and its place in the file. The accessors expect what {@link ExperimentSchema} has checked.
 *
 * @param file as the user named it
 * @param path of the field, as in {@code workload.batch.sizes[2]}
 * @param node the parsed value
 */
record YamlValue(String file, String path, Node node) {
    private static final int DEEPEST = 30;
    private static final int MOST_VALUES = 1_000_000;
    private static final Pattern NUMBER = Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?");
    private static final double LARGEST_EXACT = 1L << 53;

    /** An error in one line: file, line, field, what is wrong and what is allowed. */
    InvalidExperimentException invalid(String problem, String allowed) {
        return new InvalidExperimentException(position() + problem + "; allowed: " + allowed);
    }

    /** File, line and field; the prefix of error messages. */
    String position() {
        return file + ":" + line() + ": " + (path.isEmpty() ? "" : path + ": ");
    }

    int line() {
        return node.getStartMark().getLine() + 1;
    }

    /** The value as an error quotes it. */
    String quoted() {
        return switch (node) {
            case ScalarNode scalar -> "'" + scalar.getValue() + "'";
            case SequenceNode ignored -> "a list";
            default -> "a mapping";
        };
    }

    boolean isMapping() {
        return node instanceof MappingNode;
    }

    boolean isList() {
        return node instanceof SequenceNode;
    }

    /** A scalar as written. */
    String text() {
        return node instanceof ScalarNode scalar ? scalar.getValue() : "";
    }

    double number() {
        return Double.parseDouble(text());
    }

    int whole() {
        return (int) number();
    }

    /** The elements of a list; the value itself if it is no list. */
    List<YamlValue> elements() {
        if (!(node instanceof SequenceNode sequence)) {
            return List.of(this);
        }
        List<YamlValue> elements = new ArrayList<>();
        for (Node element : sequence.getValue()) {
            elements.add(new YamlValue(file, path + "[" + elements.size() + "]", element));
        }
        return elements;
    }

    /** The fields of a mapping in the file's order; none if the value is no mapping. */
    Map<String, YamlValue> fields() {
        Map<String, YamlValue> fields = new LinkedHashMap<>();
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                String name = name(tuple);
                if (fields.put(name, child(name, tuple.getValueNode())) != null) {
                    throw child(name, tuple.getKeyNode()).invalid("the field is given twice", "each field once");
                }
            }
        }
        return fields;
    }

    private String name(NodeTuple tuple) {
        YamlValue key = new YamlValue(file, path, tuple.getKeyNode());
        if (key.text().isBlank()) {
            throw key.invalid(key.quoted() + " is not a field name", "words");
        }
        return key.text();
    }

    private YamlValue child(String name, Node at) {
        return new YamlValue(file, path.isEmpty() ? name : path + "." + name, at);
    }

    /** The name of a field as a value, for an error about the field itself. */
    YamlValue key(String field) {
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                if (name(tuple).equals(field)) {
                    return child(field, tuple.getKeyNode());
                }
            }
        }
        return this;
    }

    Optional<YamlValue> get(String field) {
        return Optional.ofNullable(fields().get(field));
    }

    /** A field that must be given. */
    YamlValue need(String field) {
        return get(field).orElseThrow(() -> missing(field, "it must be given"));
    }

    InvalidExperimentException missing(String field, String allowed) {
        return invalid("the field " + field + " is missing", allowed);
    }

    /** The value of a field, or the default if the field is not given. */
    <T> T or(String field, T otherwise, Function<YamlValue, T> read) {
        return get(field).map(read).orElse(otherwise);
    }

    /** The name of the first of these fields that is given. */
    String oneOf(List<String> names) {
        return names.stream().filter(fields()::containsKey).findFirst().orElseThrow();
    }

    /** The value on one line, for the report. */
    String words() {
        if (isList()) {
            return elements().stream().map(YamlValue::words).collect(Collectors.joining(", ", "[", "]"));
        }
        return isMapping()
                ? fields().entrySet().stream()
                        .map(e -> e.getKey() + " " + e.getValue().words())
                        .collect(Collectors.joining(", "))
                : text();
    }

    /** The value for a schema validator. A quoted number is a number and a quoted {@code true} a boolean. */
    JsonNode json() {
        return json(0, new AtomicInteger(MOST_VALUES));
    }

    /** @param left values that may still be read: a short file with aliases of aliases can stand for billions */
    private JsonNode json(int depth, AtomicInteger left) {
        if (depth > DEEPEST) {
            throw invalid("values are nested more than " + DEEPEST + " deep", "fewer levels");
        }
        if (left.decrementAndGet() < 0) {
            throw invalid("the file stands for more than " + MOST_VALUES + " values", "fewer values or aliases");
        }
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        if (isMapping()) {
            ObjectNode object = nodes.objectNode();
            fields().forEach((name, value) -> object.set(name, value.json(depth + 1, left)));
            return object;
        }
        if (isList()) {
            ArrayNode array = nodes.arrayNode();
            elements().forEach(e -> array.add(e.json(depth + 1, left)));
            return array;
        }
        String text = text();
        if (text.equals("true") || text.equals("false")) {
            return nodes.booleanNode(text.equals("true"));
        }
        double number = NUMBER.matcher(text).matches() ? Double.parseDouble(text) : Double.NaN;
        if (!Double.isFinite(number)) {
            return nodes.textNode(text);
        }
        boolean whole = number == Math.rint(number) && Math.abs(number) <= LARGEST_EXACT;
        return whole ? nodes.numberNode((long) number) : nodes.numberNode(number);
    }
}
