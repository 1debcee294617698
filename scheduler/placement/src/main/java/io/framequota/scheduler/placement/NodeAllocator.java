package io.framequota.scheduler.placement;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The room on all nodes while a placement is made, and the choice among them: the node that is fullest afterwards
 * (best fit), by name among equals; nodes that would rather not have the pod come last. For one thread.
 */
final class NodeAllocator {
    private final List<FreeResources> rooms;
    private final Map<String, FreeResources> byName;
    private final Map<NodeConstraints, List<Allowed>> allowed = new HashMap<>();
    /** Shapes that fitted nowhere. Room only shrinks, so that stays true until something is given back. */
    private final Map<Shape, String> hopeless = new HashMap<>();

    private record Shape(ResourceList requests, NodeConstraints constraints) {}

    private record Allowed(FreeResources room, @Nullable String refusal, boolean unwelcome) {}

    NodeAllocator(ClusterSnapshot snapshot) {
        rooms = snapshot.nodes().stream()
                .sorted(Comparator.comparing(NodeState::name))
                .map(FreeResources::new)
                .toList();
        byName = rooms.stream().collect(Collectors.toMap(r -> r.node().name(), Function.identity()));
        for (PodState pod : snapshot.pods()) {
            if (pod.node() != null && byName.get(pod.node()) instanceof FreeResources room) {
                room.take(pod.requests());
            }
        }
    }

    /** Where a pod went, or why it went nowhere; exactly one of them is null. */
    record Answer(@Nullable String node, @Nullable String why) {}

    /** Finds a node for a pod and takes its room. */
    Answer take(PodState pod) {
        if (pod.refusal() != null) {
            return new Answer(null, pod.refusal());
        }
        Shape shape = new Shape(pod.requests(), pod.constraints());
        String known = hopeless.get(shape);
        if (known != null) {
            return new Answer(null, known);
        }
        NodeRefusals refusals = new NodeRefusals(rooms.size());
        FreeResources best = best(shape, refusals);
        if (best == null) {
            hopeless.put(shape, refusals.toString());
            return new Answer(null, refusals.toString());
        }
        best.take(pod.requests());
        return new Answer(best.node().name(), null);
    }

    /** Undoes {@link #take}. */
    void giveBack(PodState pod, String node) {
        FreeResources room = byName.get(node);
        if (room != null) {
            room.giveBack(pod.requests());
            hopeless.clear();
        }
    }

    private @Nullable FreeResources best(Shape shape, NodeRefusals refusals) {
        FreeResources best = null;
        boolean bestUnwelcome = true;
        double bestLeft = 0;
        for (Allowed one : allowedBy(shape.constraints())) {
            String refusal = one.refusal();
            if (refusal == null) {
                String missing = one.room().shortOf(shape.requests());
                refusal = missing == null ? null : "insufficient " + missing;
            }
            if (refusal != null) {
                refusals.count(refusal);
                continue;
            }
            double left = one.room().leftAfter(shape.requests());
            boolean better = one.unwelcome() == bestUnwelcome ? left < bestLeft : bestUnwelcome;
            if (best == null || better) {
                best = one.room();
                bestUnwelcome = one.unwelcome();
                bestLeft = left;
            }
        }
        return best;
    }

    private List<Allowed> allowedBy(NodeConstraints constraints) {
        return allowed.computeIfAbsent(
                constraints,
                c -> rooms.stream()
                        .map(r -> new Allowed(r, c.refusal(r.node()), c.unwelcomeOn(r.node())))
                        .toList());
    }
}
