package io.framequota.scheduler.placement;

import java.util.List;

/**
 * The known state of the cluster at one moment. The order of the lists does not matter.
 *
 * @param pods every pod that is bound to one of the nodes, whoever owns it, and the pods that wait for this scheduler
 */
public record ClusterSnapshot(List<NodeState> nodes, List<PodState> pods) {
    public ClusterSnapshot {
        nodes = List.copyOf(nodes);
        pods = List.copyOf(pods);
    }
}
