package io.framequota.scheduler.placement;

import java.util.List;
import java.util.Map;

/**
 * A node as the API server describes it.
 *
 * @param allocatable what all pods on it may request together
 * @param unschedulable whether it is cordoned
 */
public record NodeState(
        String name, ResourceList allocatable, Map<String, String> labels, List<Taint> taints, boolean unschedulable) {
    public NodeState {
        labels = Map.copyOf(labels);
        taints = List.copyOf(taints);
    }

    /** Keeps pods away that do not tolerate it. */
    public record Taint(String key, String value, Effect effect) {
        /** How strongly. {@code PREFER_NO_SCHEDULE} only makes other nodes preferred. */
        public enum Effect {
            NO_SCHEDULE,
            PREFER_NO_SCHEDULE,
            NO_EXECUTE
        }
    }
}
