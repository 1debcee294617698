package io.framequota.scheduler.placement;

import io.framequota.scheduler.placement.PlacementDecision.Binding;
import io.framequota.scheduler.placement.PlacementDecision.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Decides on which nodes the waiting pods run. For every snapshot:
 *
 * <ul>
 *   <li>the bound pods of a node, including those decided here, never request more than it can allocate, unless they did
 *       before;
 *   <li>a gang gets all the nodes that it still needs, or none; pods beyond its size are placed one by one;
 *   <li>a pod is placed at most once, and a bound pod not at all;
 *   <li>the same snapshot gives the same decision, in whatever order its lists are.
 * </ul>
 *
 * <p>Partly bound gangs come first, then units by priority and age; a unit that does not fit does not block later ones. Best fit keeps large free
 * blocks together. The algorithm is greedy: pods of one shape are placed whenever they fit; for mixed shapes this is not
 * guaranteed.
 */
public final class Placer {
    private Placer() {}

    public static PlacementDecision place(ClusterSnapshot snapshot) {
        NodeAllocator nodes = new NodeAllocator(snapshot);
        List<Binding> bindings = new ArrayList<>();
        List<Waiting> waiting = new ArrayList<>();
        for (PlacementUnit unit : PlacementUnit.of(snapshot)) {
            place(unit, nodes, bindings, waiting);
        }
        return new PlacementDecision(bindings, waiting);
    }

    private static void place(PlacementUnit unit, NodeAllocator nodes, List<Binding> bindings, List<Waiting> waiting) {
        if (unit.problem() != null) {
            unit.pods().forEach(p -> waiting.add(new Waiting(p.id(), unit.problem())));
            return;
        }
        List<Waiting> unplaced = new ArrayList<>();
        List<PodState> placed = new ArrayList<>();
        for (PodState pod : unit.pods()) {
            NodeAllocator.Answer answer = nodes.allocate(pod);
            if (answer.node() != null) {
                placed.add(pod.on(answer.node()));
            } else {
                unplaced.add(new Waiting(pod.id(), Objects.requireNonNull(answer.why())));
            }
        }
        PodGang gang = unit.gang();
        if (gang == null || placed.size() >= unit.needed()) {
            placed.forEach(p -> bindings.add(new Binding(p.id(), Objects.requireNonNull(p.node()))));
            waiting.addAll(unplaced);
            return;
        }
        placed.forEach(p -> nodes.release(p, Objects.requireNonNull(p.node())));
        String why = "gang %s: %d of the %d pods that it needs together fit; %s"
                .formatted(
                        gang.name(),
                        placed.size(),
                        unit.needed(),
                        unplaced.getFirst().why());
        unit.pods().forEach(p -> waiting.add(new Waiting(p.id(), why)));
    }
}
