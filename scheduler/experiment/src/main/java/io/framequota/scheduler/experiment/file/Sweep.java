package io.framequota.scheduler.experiment.file;

import io.framequota.scheduler.experiment.Experiment;
import java.util.List;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * {@code sweep}: the experiment once for each value of one field.
 *
 * @param field where the values go, as in {@code speedup.amdahl}
 * @param values the field's values, one experiment each
 */
record Sweep(Value field, List<Value> values) {
    private static final String ALLOWED = "{ field: speedup.amdahl, values: [0.5, 0.8] }";

    /** One value. */
    record Point(Value field, Value value) {
        Experiment.Variant variant() {
            return new Experiment.Variant(field.text(ALLOWED), Plain.words(value.node()));
        }

        /** Puts the value in the place of what the field has in a parsed file. */
        void putInto(Value root) {
            Node node = root.node();
            String[] names = field.text(ALLOWED).split("\\.", -1);
            for (int i = 0; i < names.length; i++) {
                if (!(node instanceof MappingNode mapping)) {
                    throw missing();
                }
                int at = position(mapping, names[i]);
                NodeTuple tuple = mapping.getValue().get(at);
                if (i == names.length - 1) {
                    mapping.getValue().set(at, new NodeTuple(tuple.getKeyNode(), value.node()));
                }
                node = tuple.getValueNode();
            }
        }

        private int position(MappingNode mapping, String name) {
            for (int i = 0; i < mapping.getValue().size(); i++) {
                if (mapping.getValue().get(i).getKeyNode() instanceof ScalarNode key
                        && key.getValue().equals(name)) {
                    return i;
                }
            }
            throw missing();
        }

        private RuntimeException missing() {
            return field.bad("the file has no field " + field.shown(), "a field that stands in the file");
        }
    }

    static Sweep read(Value value) {
        Fields fields = value.fields(List.of("field", "values"));
        Value field = fields.need("field");
        field.text(ALLOWED);
        return new Sweep(field, fields.need("values").list("values of the field"));
    }

    List<Point> points() {
        return values.stream().map(v -> new Point(field, v)).toList();
    }
}
