package io.framequota.scheduler.controller.placement.kubernetes;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.framequota.scheduler.placement.NodeState;
import io.framequota.scheduler.placement.PodState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All nodes of the cluster and all pods that have not terminated, kept up to date by watches. The first lists are consistent
 * reads, so a view contains all bindings that were made before it was opened.
 */
final class ClusterView implements AutoCloseable {
    /** A page size makes the first list a consistent read; without, the API server may answer from a stale cache. */
    private static final long PAGE = 500;

    private final SharedIndexInformer<Node> nodes;
    private final SharedIndexInformer<Pod> pods;

    private Map<String, Seen> read = Map.of();

    private ClusterView(SharedIndexInformer<Node> nodes, SharedIndexInformer<Pod> pods) {
        this.nodes = nodes;
        this.pods = pods;
    }

    /**
     * Lists nodes and pods and starts the watches.
     *
     * @param changed called at every change, on the watches' threads
     * @throws io.fabric8.kubernetes.client.KubernetesClientException without the right to list, or without an answer
     */
    static ClusterView open(KubernetesClient client, Runnable changed) {
        SharedIndexInformer<Node> nodes = client.nodes().withLimit(PAGE).inform(new Signal<>(changed), 0);
        try {
            SharedIndexInformer<Pod> pods = client.pods()
                    .inAnyNamespace()
                    .withoutField("status.phase", "Succeeded")
                    .withoutField("status.phase", "Failed")
                    .withLimit(PAGE)
                    .inform(new Signal<>(changed), 0);
            return new ClusterView(nodes, pods);
        } catch (RuntimeException e) {
            nodes.stop();
            throw e;
        }
    }

    /** Whether both watches are connected; otherwise the view may be stale. */
    boolean isCurrent() {
        return nodes.isWatching() && pods.isWatching();
    }

    /** Whether the watches still run or reconnect; if not, a new view must be opened. */
    boolean isRunning() {
        return nodes.isRunning() && pods.isRunning();
    }

    List<NodeState> nodes() {
        return nodes.getStore().list().stream().map(NodeReader::read).toList();
    }

    /** All pods that have not terminated. For one thread. */
    List<Seen> pods() {
        Map<String, Seen> now = new HashMap<>();
        for (Pod pod : pods.getStore().list()) {
            if (!ended(pod)) {
                Seen before = read.get(pod.getMetadata().getUid());
                // The watch replaces objects that change, so the same object need not be converted again.
                now.put(
                        pod.getMetadata().getUid(),
                        before != null && before.pod() == pod ? before : new Seen(pod, PodReader.read(pod)));
            }
        }
        read = now;
        return List.copyOf(now.values());
    }

    /** A pod, and its state for the placement. */
    record Seen(Pod pod, PodState state) {}

    private static boolean ended(Pod pod) {
        return pod.getStatus() != null
                && ("Succeeded".equals(pod.getStatus().getPhase())
                        || "Failed".equals(pod.getStatus().getPhase()));
    }

    @Override
    public void close() {
        nodes.stop();
        pods.stop();
    }

    private record Signal<T>(Runnable changed) implements ResourceEventHandler<T> {
        @Override
        public void onAdd(T added) {
            changed.run();
        }

        @Override
        public void onUpdate(T before, T now) {
            changed.run();
        }

        @Override
        public void onDelete(T deleted, boolean stateUnknown) {
            changed.run();
        }
    }
}
