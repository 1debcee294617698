package io.framequota.scheduler.placement;

import java.util.List;
import java.util.Map;

/**
 * Requirements that a node must all meet; a term without any is met by none.
 *
 * @param labels about the node's labels
 * @param fields about its fields, of which {@code metadata.name} is the only one
 */
public record NodeTerm(List<NodeRequirement> labels, List<NodeRequirement> fields) {
    public NodeTerm {
        labels = List.copyOf(labels);
        fields = List.copyOf(fields);
    }

    boolean metBy(NodeState node) {
        Map<String, String> nodeFields = Map.of("metadata.name", node.name());
        return !(labels.isEmpty() && fields.isEmpty())
                && labels.stream().allMatch(r -> r.metBy(node.labels()))
                && fields.stream().allMatch(r -> r.metBy(nodeFields));
    }
}
