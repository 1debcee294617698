package io.framequota.scheduler.placement;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Decides which waiting pods go where. For every snapshot:
 *
 * <ul>
 *   <li>what is bound, decided here or not, never asks a node for more than it can allocate, unless it did before;
 *   <li>a gang gets all the nodes that it still needs, or none; pods beyond its size are placed one by one;
 *   <li>a pod is placed at most once, and one that is bound not at all;
 *   <li>the same snapshot gives the same placement, whatever the order of its lists.
 * </ul>
 *
 * <p>Units get room by priority, then by age; one that does not fit lets later ones pass. Best fit keeps large room
 * together. It is greedy: pods of one shape are placed whenever they fit, for mixed shapes that is not promised.
 */
public final class Placer {
    private Placer() {}

    public static PlacementDecision place(ClusterSnapshot snapshot) {
        NodeAllocator nodes = new NodeAllocator(snapshot);
        List<PodBinding> bindings = new ArrayList<>();
        List<PlacementDecision.Waiting> waiting = new ArrayList<>();
        for (PlacementUnit unit : PlacementUnit.of(snapshot)) {
            place(unit, nodes, bindings, waiting);
        }
        return new PlacementDecision(bindings, waiting);
    }

    private static void place(
            PlacementUnit unit,
            NodeAllocator nodes,
            List<PodBinding> bindings,
            List<PlacementDecision.Waiting> waiting) {
        if (unit.problem() != null) {
            unit.pods().forEach(p -> waiting.add(new PlacementDecision.Waiting(p.id(), unit.problem())));
            return;
        }
        List<PlacementDecision.Waiting> unplaced = new ArrayList<>();
        List<Placed> placed = new ArrayList<>();
        for (PodState pod : unit.pods()) {
            NodeAllocator.Answer answer = nodes.take(pod);
            if (answer.node() != null) {
                placed.add(new Placed(pod, answer.node()));
            } else {
                unplaced.add(new PlacementDecision.Waiting(pod.id(), Objects.requireNonNull(answer.why())));
            }
        }
        PodGang gang = unit.gang();
        if (gang == null || placed.size() >= unit.needed()) {
            placed.forEach(p -> bindings.add(new PodBinding(p.pod().id(), p.node())));
            waiting.addAll(unplaced);
            return;
        }
        placed.forEach(p -> nodes.giveBack(p.pod(), p.node()));
        String why = "gang %s: %d of the %d pods that it needs together fit; %s"
                .formatted(gang.name(), placed.size(), unit.needed(), first(unplaced));
        unit.pods().forEach(p -> waiting.add(new PlacementDecision.Waiting(p.id(), why)));
    }

    private static String first(List<PlacementDecision.Waiting> unplaced) {
        return unplaced.getFirst().why();
    }

    private record Placed(PodState pod, String node) {}
}
