package io.framequota.lab.file;

import java.util.List;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** Replaces a swept field's value in a parsed file. */
final class Sweep {
    /**
     * Replaces the value of a field; below a list, in every element that has the field.
     *
     * @param names of the field, from the top
     * @return whether the file has the field
     */
    static boolean replace(Node node, List<String> names, Node value) {
        if (node instanceof SequenceNode list) {
            boolean found = false;
            for (Node element : list.getValue()) {
                found |= replace(element, names, value);
            }
            return found;
        }
        if (node instanceof MappingNode mapping) {
            List<NodeTuple> fields = mapping.getValue();
            for (int i = 0; i < fields.size(); i++) {
                Node key = fields.get(i).getKeyNode();
                if (key instanceof ScalarNode scalar && scalar.getValue().equals(names.getFirst())) {
                    if (names.size() > 1) {
                        return replace(fields.get(i).getValueNode(), names.subList(1, names.size()), value);
                    }
                    fields.set(i, new NodeTuple(key, value));
                    return true;
                }
            }
        }
        return false;
    }

    private Sweep() {}
}
