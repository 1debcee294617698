package io.framequota.scheduler.controller.placement.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSchedulingGate;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.framequota.scheduler.placement.ClusterSnapshot;
import io.framequota.scheduler.placement.PlacementDecision;
import io.framequota.scheduler.placement.PlacementDecision.Binding;
import io.framequota.scheduler.placement.Placer;
import io.framequota.scheduler.placement.PodId;
import io.framequota.scheduler.placement.PodState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Lets gangs start as a whole while the cluster's own scheduler binds the pods: their pods have a scheduling gate, which is lifted
 * when there is room for the whole gang beside all pods that are bound or will be. This is an approximation, because the cluster's
 * scheduler may choose other nodes, and other pods may come first; {@link PodBinder} is exact.
 */
final class GangGateLifter implements PlacementLoop.Round {
    /** The scheduling gate of our pods. */
    static final String GATE = "framequota.io/gang";
    /** No node has this name: a pod without a gate that fits nowhere counts as part of its gang and uses no resources. */
    private static final String NOWHERE = "";

    private static final Logger LOG = Logger.getLogger(GangGateLifter.class);

    private final KubernetesClient client;
    private final WorkerPool pool;
    private final PlacementEvents events;
    /** Pods whose gate was lifted, while the watch still shows it. */
    private final Set<PodId> lifted = new HashSet<>();

    GangGateLifter(KubernetesClient client, WorkerPool pool, PlacementEvents events) {
        this.client = client;
        this.pool = pool;
        this.events = events;
    }

    @Override
    public void run(ClusterView view) {
        List<PodState> bound = new ArrayList<>();
        List<PodState> coming = new ArrayList<>();
        Map<PodId, Pod> gated = new HashMap<>();
        List<PodState> waiting = new ArrayList<>();
        for (ClusterView.Seen seen : view.pods()) {
            if (seen.state().node() != null) {
                bound.add(seen.state());
            } else if (awaitsUs(seen.pod()) && !lifted.contains(seen.state().id())) {
                gated.put(seen.state().id(), seen.pod());
                waiting.add(seen.state());
            } else if (!hasOtherGate(seen.pod())) {
                coming.add(seen.state());
            }
        }
        lifted.retainAll(coming.stream().map(PodState::id).collect(Collectors.toSet()));
        if (waiting.isEmpty()) {
            return;
        }
        List<PodState> all = new ArrayList<>(expected(view, bound, coming));
        all.addAll(waiting);
        PlacementDecision placement = Placer.place(new ClusterSnapshot(view.nodes(), all));
        for (Binding binding : placement.bindings()) {
            Pod pod = gated.get(binding.pod());
            if (pod != null) {
                lift(pod);
            }
        }
        placement.waiting().forEach(w -> events.unschedulable(w.pod(), w.why()));
    }

    /** The bound pods, and those that will be bound; the cluster's scheduler places each pod alone, regardless of gangs. */
    private static List<PodState> expected(ClusterView view, List<PodState> bound, List<PodState> coming) {
        List<PodState> alone = new ArrayList<>(bound);
        coming.forEach(p -> alone.add(p.alone()));
        Map<PodId, String> nodes = Placer.place(new ClusterSnapshot(view.nodes(), alone)).bindings().stream()
                .collect(Collectors.toMap(Binding::pod, Binding::node));
        List<PodState> expected = new ArrayList<>(bound);
        coming.forEach(p -> expected.add(p.on(nodes.getOrDefault(p.id(), NOWHERE))));
        return expected;
    }

    private boolean awaitsUs(Pod pod) {
        return pool.holds(pod)
                && pod.getMetadata().getDeletionTimestamp() == null
                && pod.getSpec().getSchedulingGates().stream().anyMatch(g -> GATE.equals(g.getName()));
    }

    private boolean hasOtherGate(Pod pod) {
        return !lifted.contains(PodReader.id(pod))
                && !pod.getSpec().getSchedulingGates().isEmpty();
    }

    private void lift(Pod pod) {
        PodId id = PodReader.id(pod);
        List<String> gates = pod.getSpec().getSchedulingGates().stream()
                .map(PodSchedulingGate::getName)
                .toList();
        int index = gates.indexOf(GATE);
        String patch = """
                [{"op":"test","path":"/metadata/uid","value":"%s"},
                 {"op":"test","path":"/spec/schedulingGates/%d/name","value":"%s"},
                 {"op":"remove","path":"/spec/schedulingGates/%d"}]""".formatted(id.uid(), index, GATE, index);
        try {
            client.pods().inNamespace(id.namespace()).withName(id.name()).patch(PatchContext.of(PatchType.JSON), patch);
            lifted.add(id);
        } catch (KubernetesClientException e) {
            // The rest of the gang follows in a later round, which counts the pods whose gates were lifted.
            LOG.warnf("the gate of %s was not lifted, trying again: %s", id, e.getMessage());
        }
    }

    @Override
    public void forget() {
        lifted.clear();
    }

    @Override
    public void close() {
        events.close();
    }
}
