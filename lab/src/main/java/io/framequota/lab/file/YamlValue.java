package io.framequota.lab.file;

import io.framequota.lab.experiment.InvalidExperimentException;
import java.util.List;
import java.util.function.DoublePredicate;
import java.util.stream.IntStream;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A value of the file with where it stands.
 *
 * @param file as the user named it
 * @param path of the field, as in {@code workload.batch.sizes[2]}
 * @param node as it was parsed
 */
record YamlValue(String file, String path, Node node) {
    /** One line: file, line, field, what is wrong, what is allowed. */
    InvalidExperimentException bad(String wrong, String allowed) {
        return new InvalidExperimentException(place() + wrong + "; allowed: " + allowed);
    }

    /** What every complaint begins with: file, line, field. */
    String place() {
        return file + ":" + (node.getStartMark().getLine() + 1) + ": " + (path.isEmpty() ? "" : path + ": ");
    }

    /** What a wrong value is called in a complaint. */
    String shown() {
        return switch (node) {
            case ScalarNode scalar -> "'" + scalar.getValue() + "'";
            case SequenceNode ignored -> "a list";
            case MappingNode ignored -> "a mapping";
            default -> "this";
        };
    }

    /** Whether it has keys. */
    boolean isMapping() {
        return node instanceof MappingNode;
    }

    /** Whether it is a list. */
    boolean isList() {
        return node instanceof SequenceNode;
    }

    /** A word or a number, as written. */
    String text(String allowed) {
        if (node instanceof ScalarNode scalar && !scalar.getValue().isBlank()) {
            return scalar.getValue();
        }
        throw bad(shown() + " is not a text", allowed);
    }

    /** One of some words. */
    String oneOf(List<String> words) {
        String text = node instanceof ScalarNode scalar ? scalar.getValue() : "";
        if (!words.contains(text)) {
            throw bad("cannot be " + shown(), String.join(", ", words));
        }
        return text;
    }

    /** A finite number for which a condition holds. */
    double number(DoublePredicate condition, String allowed) {
        try {
            double number = Double.parseDouble(node instanceof ScalarNode scalar ? scalar.getValue() : "");
            if (Double.isFinite(number) && condition.test(number)) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Answered below like any other value that is not allowed.
        }
        throw bad("cannot be " + shown(), allowed);
    }

    /** A finite number above 0. */
    double above0() {
        return number(d -> d > 0, "a number above 0");
    }

    /** A whole number within bounds, both included. */
    int whole(int least, int most) {
        String allowed = most == Integer.MAX_VALUE
                ? "a whole number of at least " + least
                : "a whole number from " + least + " to " + most;
        return (int) number(d -> d == Math.rint(d) && d >= least && d <= most, allowed);
    }

    /** A list of at least one value. */
    List<YamlValue> list(String allowed) {
        if (!(node instanceof SequenceNode sequence) || sequence.getValue().isEmpty()) {
            throw bad(shown() + " is not a list of at least one value", allowed);
        }
        List<Node> nodes = sequence.getValue();
        return IntStream.range(0, nodes.size())
                .mapToObj(i -> new YamlValue(file, path + "[" + i + "]", nodes.get(i)))
                .toList();
    }

    /** One of its fields, whatever others it has. */
    YamlValue field(String name) {
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                if (tuple.getKeyNode() instanceof ScalarNode key
                        && key.getValue().equals(name)) {
                    return new YamlValue(file, child(name), tuple.getValueNode());
                }
            }
        }
        throw bad("the field " + name + " is missing", "it must be given");
    }

    /** Its keys, all of which must be known. */
    YamlFields fields(List<String> known) {
        if (!(node instanceof MappingNode mapping)) {
            throw bad(shown() + " has no fields", "a mapping with " + String.join(", ", known));
        }
        YamlFields fields = new YamlFields(this);
        for (NodeTuple tuple : mapping.getValue()) {
            YamlValue key = new YamlValue(file, path, tuple.getKeyNode());
            String name = key.text("a field's name");
            if (!known.contains(name)) {
                throw new YamlValue(file, child(name), tuple.getKeyNode())
                        .bad("there is no such field", String.join(", ", known));
            }
            if (!fields.put(name, new YamlValue(file, child(name), tuple.getValueNode()))) {
                throw new YamlValue(file, child(name), tuple.getKeyNode())
                        .bad("it stands here twice", "each field once");
            }
        }
        return fields;
    }

    /** A yes or a no. */
    boolean yes() {
        return oneOf(List.of("true", "false")).equals("true");
    }

    /** Its only key with its value. */
    YamlFields.Entry only(List<String> known) {
        return fields(known).only(known);
    }

    private String child(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
