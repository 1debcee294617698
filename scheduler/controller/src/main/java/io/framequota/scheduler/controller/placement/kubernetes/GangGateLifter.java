package io.framequota.scheduler.controller.placement.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSchedulingGate;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.framequota.scheduler.placement.ClusterSnapshot;
import io.framequota.scheduler.placement.PlacementDecision;
import io.framequota.scheduler.placement.Placer;
import io.framequota.scheduler.placement.PodBinding;
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
 * Lets gangs start as a whole where the cluster's own scheduler binds: their pods carry a scheduling gate, which is lifted
 * when there is room for all of them beside everything that is bound or about to be. The cluster's scheduler may choose other
 * nodes and others may be faster than it, so this is an approximation; {@link PodBinder} is exact.
 */
final class GangGateLifter implements PlacementLoop.Round {
    /** The scheduling gate that a pod of ours waits behind. */
    static final String GATE = "framequota.io/gang";
    /** A node that there is not: a pod whose gate was lifted and that fits nowhere counts for its gang and takes no room. */
    private static final String NOWHERE = "";

    private static final Logger LOG = Logger.getLogger(GangGateLifter.class);

    private final KubernetesClient client;
    private final WorkerPool pool;
    private final PlacementEvents events;
    /** Pods whose gate was lifted and that the watch still shows behind it. */
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
            } else if (!behindAnotherGate(seen.pod())) {
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
        for (PodBinding binding : placement.bindings()) {
            Pod pod = gated.get(binding.pod());
            if (pod != null) {
                lift(pod);
            }
        }
        placement.waiting().forEach(w -> events.waits(w.pod(), w.why()));
    }

    /** What is bound, and what will be: the cluster's scheduler places each pod alone, so gangs do not matter for those. */
    private static List<PodState> expected(ClusterView view, List<PodState> bound, List<PodState> coming) {
        List<PodState> alone = new ArrayList<>(bound);
        coming.forEach(p -> alone.add(p.alone()));
        Map<PodId, String> nodes = Placer.place(new ClusterSnapshot(view.nodes(), alone)).bindings().stream()
                .collect(Collectors.toMap(PodBinding::pod, PodBinding::node));
        List<PodState> expected = new ArrayList<>(bound);
        coming.forEach(p -> expected.add(p.on(nodes.getOrDefault(p.id(), NOWHERE))));
        return expected;
    }

    private boolean awaitsUs(Pod pod) {
        return pool.holds(pod)
                && pod.getMetadata().getDeletionTimestamp() == null
                && pod.getSpec().getSchedulingGates().stream().anyMatch(g -> GATE.equals(g.getName()));
    }

    private boolean behindAnotherGate(Pod pod) {
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
            // The rest of the gang follows in a later round: what is lifted counts for it.
            LOG.warnf("the gate of %s could not be lifted: %s", id, e.getMessage());
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
