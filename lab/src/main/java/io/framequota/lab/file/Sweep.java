package io.framequota.lab.file;

import io.framequota.lab.experiment.Experiment;
import java.util.List;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * {@code sweep}: the experiment once for each value of one field.
 *
 * @param field where the values go, as in {@code speedup.amdahl}
 * @param values the field's values, one experiment each
 */
record Sweep(YamlValue field, List<YamlValue> values) {
    private static final String ALLOWED = "{ field: speedup.amdahl, values: [0.5, 0.8] }";

    /** One value. */
    record Point(YamlValue field, YamlValue value) {
        Experiment.Variant variant() {
            return new Experiment.Variant(field.text(ALLOWED), YamlText.words(value.node()));
        }

        /** Puts the value in the place of what the field has in a parsed file; in a list of every entry that has it. */
        void putInto(YamlValue root) {
            if (!put(root.node(), List.of(field.text(ALLOWED).split("\\.", -1)))) {
                throw missing();
            }
        }

        private boolean put(Node node, List<String> names) {
            return switch (node) {
                case MappingNode mapping -> putInto(mapping, names);
                case SequenceNode list -> {
                    boolean any = false;
                    for (Node entry : list.getValue()) {
                        any |= put(entry, names);
                    }
                    yield any;
                }
                default -> false;
            };
        }

        private boolean putInto(MappingNode mapping, List<String> names) {
            for (int i = 0; i < mapping.getValue().size(); i++) {
                NodeTuple tuple = mapping.getValue().get(i);
                if (tuple.getKeyNode() instanceof ScalarNode key
                        && key.getValue().equals(names.getFirst())) {
                    if (names.size() > 1) {
                        return put(tuple.getValueNode(), names.subList(1, names.size()));
                    }
                    mapping.getValue().set(i, new NodeTuple(tuple.getKeyNode(), value.node()));
                    return true;
                }
            }
            return false;
        }

        private RuntimeException missing() {
            return field.bad("the file has no field " + field.shown(), "a field that stands in the file");
        }
    }

    static Sweep read(YamlValue value) {
        YamlFields fields = value.fields(List.of("field", "values"));
        YamlValue field = fields.need("field");
        field.text(ALLOWED);
        return new Sweep(field, fields.need("values").list("values of the field"));
    }

    List<Point> points() {
        return values.stream().map(v -> new Point(field, v)).toList();
    }
}
