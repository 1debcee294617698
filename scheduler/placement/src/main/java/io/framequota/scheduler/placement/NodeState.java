package io.framequota.scheduler.placement;

import java.util.List;
import java.util.Map;

/**
 * A node as the API server describes it.
 *
 * @param allocatable what all its pods together may request
 * @param unschedulable whether it is cordoned
 */
public record NodeState(
        String name, ResourceList allocatable, Map<String, String> labels, List<Taint> taints, boolean unschedulable) {
    public NodeState {
        labels = Map.copyOf(labels);
        taints = List.copyOf(taints);
    }
}
