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
 * All nodes, and all pods of the cluster that have not ended, kept up to date by watches. Its first content is a consistent
 * read of the API server, so a view that was opened after a binding knows of it.
 */
final class ClusterView implements AutoCloseable {
    /** Without a page size the first list is answered from a cache of the API server that may miss the last bindings. */
    private static final long PAGE = 500;

    private final SharedIndexInformer<Node> nodes;
    private final SharedIndexInformer<Pod> pods;

    private Map<String, Seen> read = Map.of();

    private ClusterView(SharedIndexInformer<Node> nodes, SharedIndexInformer<Pod> pods) {
        this.nodes = nodes;
        this.pods = pods;
    }

    /**
     * Reads the cluster and goes on watching it.
     *
     * @param changed called at every change, from the threads of the watches
     * @throws io.fabric8.kubernetes.client.KubernetesClientException when it may not be read, or does not answer
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

    /** Whether both watches are connected; what is known may be old otherwise. */
    boolean current() {
        return nodes.isWatching() && pods.isWatching();
    }

    /** Whether it still tries to be up to date; a view that has ended must be opened anew. */
    boolean alive() {
        return nodes.isRunning() && pods.isRunning();
    }

    List<NodeState> nodes() {
        return nodes.getStore().list().stream().map(NodeReader::read).toList();
    }

    /** All pods that have not ended. For one thread. */
    List<Seen> pods() {
        Map<String, Seen> now = new HashMap<>();
        for (Pod pod : pods.getStore().list()) {
            if (!ended(pod)) {
                Seen before = read.get(pod.getMetadata().getUid());
                // The watch keeps an object until there is a newer one: reading it again would give the same.
                now.put(
                        pod.getMetadata().getUid(),
                        before != null && before.pod() == pod ? before : new Seen(pod, PodReader.read(pod)));
            }
        }
        read = now;
        return List.copyOf(now.values());
    }

    /** A pod as it came, and as the placement sees it. */
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
