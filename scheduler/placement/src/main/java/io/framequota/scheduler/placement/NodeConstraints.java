package io.framequota.scheduler.placement;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a pod may run.
 *
 * @param tolerations of taints
 * @param nodeSelector labels that the node must have
 * @param terms of the required node affinity, one of which must be met; empty when there is none
 */
public record NodeConstraints(List<Toleration> tolerations, Map<String, String> nodeSelector, List<NodeTerm> terms) {
    public static final NodeConstraints NONE = new NodeConstraints(List.of(), Map.of(), List.of());
    private static final Taint UNSCHEDULABLE =
            new Taint("node.kubernetes.io/unschedulable", "", Taint.Effect.NO_SCHEDULE);

    public NodeConstraints {
        tolerations = List.copyOf(tolerations);
        nodeSelector = Map.copyOf(nodeSelector);
        terms = List.copyOf(terms);
    }

    /** Why a pod may not run there whatever room there is, in a few words; null when it may. */
    @Nullable
    String refusal(NodeState node) {
        if (node.unschedulable() && !tolerates(UNSCHEDULABLE)) {
            return "unschedulable";
        }
        for (Taint taint : node.taints()) {
            if (taint.effect() != Taint.Effect.PREFER_NO_SCHEDULE && !tolerates(taint)) {
                return "taint " + taint.key();
            }
        }
        if (!node.labels().entrySet().containsAll(nodeSelector.entrySet())) {
            return "node selector";
        }
        if (!terms.isEmpty() && terms.stream().noneMatch(t -> t.metBy(node))) {
            return "node affinity";
        }
        return null;
    }

    /** Whether the node would rather not have it. */
    boolean unwelcomeOn(NodeState node) {
        return node.taints().stream().anyMatch(t -> t.effect() == Taint.Effect.PREFER_NO_SCHEDULE && !tolerates(t));
    }

    private boolean tolerates(Taint taint) {
        return tolerations.stream().anyMatch(t -> t.tolerates(taint));
    }
}
