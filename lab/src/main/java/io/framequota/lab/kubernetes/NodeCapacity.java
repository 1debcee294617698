package io.framequota.lab.kubernetes;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Millicores of nodes for an experiment's pods: the allocatable CPU less the requests of other pods. The kubelet would
 * defer a raise beyond it, and retry it only later.
 */
final class NodeCapacity {
    private final Map<String, Double> byNode;

    private NodeCapacity(Map<String, Double> byNode) {
        this.byNode = byNode;
    }

    /** Unknown capacity, to which every raise fits. */
    static NodeCapacity unknown() {
        return new NodeCapacity(Map.of());
    }

    /** The capacity of the workers' nodes; unknown without permission to read nodes. */
    static NodeCapacity of(KubernetesClient client, List<PodWorker> workers) {
        Set<String> ours = workers.stream().map(PodWorker::name).collect(Collectors.toSet());
        Map<String, Double> byNode = new HashMap<>();
        try {
            for (String node : workers.stream().map(PodWorker::node).distinct().toList()) {
                // Not require(), which throws another exception if access is forbidden.
                Node seen = client.nodes().withName(node).get();
                if (seen == null) {
                    return unknown();
                }
                double there = seen.getStatus().getAllocatable().entrySet().stream()
                        .filter(e -> e.getKey().equals("cpu"))
                        .mapToDouble(e -> milli(e.getValue()))
                        .sum();
                double others =
                        client.pods().inAnyNamespace().withField("spec.nodeName", node).list().getItems().stream()
                                .filter(p -> !ours.contains(p.getMetadata().getName()))
                                .filter(p -> !Set.of("Succeeded", "Failed")
                                        .contains(String.valueOf(p.getStatus().getPhase())))
                                .mapToDouble(NodeCapacity::requested)
                                .sum();
                byNode.put(node, there - others);
            }
        } catch (KubernetesClientException e) {
            return unknown();
        }
        return new NodeCapacity(byNode);
    }

    private static double requested(Pod pod) {
        return pod.getSpec().getContainers().stream()
                .filter(c -> c.getResources() != null && c.getResources().getRequests() != null)
                .map(c -> c.getResources().getRequests().get("cpu"))
                .filter(java.util.Objects::nonNull)
                .mapToDouble(NodeCapacity::milli)
                .sum();
    }

    private static double milli(Quantity cpu) {
        return cpu.getNumericalAmount().doubleValue() * 1000;
    }

    /** Whether the node of a worker has room for a raise beside the shares of all workers there. */
    boolean fits(Collection<PodWorker> all, PodWorker raised, double millicores) {
        double needed = all.stream()
                .filter(w -> w.node().equals(raised.node()))
                .mapToDouble(w -> w == raised ? millicores : w.target())
                .sum();
        return needed <= byNode.getOrDefault(raised.node(), Double.POSITIVE_INFINITY);
    }
}
