package io.framequota.scheduler.controller.placement.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.framequota.scheduler.placement.NodeState;
import io.framequota.scheduler.placement.PodState;
import io.framequota.scheduler.placement.ResourceList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Follows the stream of all pods from the first one on, and adds up after every binding what each node has given. */
final class BindingRecorder implements Watcher<Pod>, AutoCloseable {
    private final Map<String, ResourceList> allocatable = new HashMap<>();
    private final Map<String, Map<String, Long>> used = new HashMap<>();
    private final Map<String, PodState> bound = new HashMap<>();
    private final Map<String, Long> boundAtNanos = new HashMap<>();
    private final List<String> violations = new ArrayList<>();
    private final Watch watch;

    BindingRecorder(KubernetesClient client) {
        client.nodes().list().getItems().stream()
                .map(NodeReader::read)
                .forEach((NodeState n) -> allocatable.put(n.name(), n.allocatable()));
        String before = client.pods().inAnyNamespace().list().getMetadata().getResourceVersion();
        watch = client.pods()
                .inAnyNamespace()
                .watch(
                        new io.fabric8.kubernetes.api.model.ListOptionsBuilder()
                                .withResourceVersion(before)
                                .build(),
                        this);
    }

    @Override
    public synchronized void eventReceived(Action action, Pod pod) {
        String uid = pod.getMetadata().getUid();
        PodState known = bound.get(uid);
        String node = pod.getSpec().getNodeName();
        if (action == Action.DELETED) {
            if (known != null) {
                add(known, -1);
                bound.remove(uid);
            }
        } else if (known != null && !known.node().equals(node)) {
            violations.add("%s moved from %s to %s".formatted(known.id(), known.node(), node));
        } else if (known == null && node != null) {
            PodState state = PodReader.read(pod);
            bound.put(uid, state);
            boundAtNanos.put(uid, System.nanoTime());
            add(state, 1);
            check(node, state);
        }
    }

    private void add(PodState pod, int sign) {
        Map<String, Long> of = used.computeIfAbsent(pod.node(), n -> new TreeMap<>());
        pod.requests().amounts().forEach((name, amount) -> of.merge(name, sign * amount, Long::sum));
    }

    private void check(String node, PodState last) {
        ResourceList has = allocatable.getOrDefault(node, ResourceList.NONE);
        used.get(node).forEach((name, amount) -> {
            if (amount > has.get(name)) {
                violations.add("%s gives %d of %d %s after %s".formatted(node, amount, has.get(name), name, last.id()));
            }
        });
    }

    synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    /** Pods of a namespace that are bound now. */
    synchronized List<PodState> bound(String namespace) {
        return bound.values().stream()
                .filter(p -> p.id().namespace().equals(namespace))
                .toList();
    }

    /** Bindings a second, from the first to the last of a namespace. */
    synchronized double rate(String namespace) {
        long[] times = bound.entrySet().stream()
                .filter(e -> e.getValue().id().namespace().equals(namespace))
                .mapToLong(e -> boundAtNanos.get(e.getKey()))
                .sorted()
                .toArray();
        return (times.length - 1) / ((times[times.length - 1] - times[0]) / 1e9);
    }

    @Override
    public void onClose(WatcherException cause) {
        synchronized (this) {
            violations.add("the watch ended: " + cause);
        }
    }

    @Override
    public void onClose() {}

    @Override
    public void close() {
        watch.close();
    }
}
