package io.framequota.scheduler.placement;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tracks the free resources of all nodes during one placement and chooses a node for each pod: best fit, so the node with the
 * least left afterwards; by name among equals. Nodes with a {@code PREFER_NO_SCHEDULE} taint come last. For one thread.
 */
final class NodeAllocator {
    private final List<FreeResources> nodes;
    private final Map<String, FreeResources> byName;
    private final Map<NodeConstraints, List<Candidate>> candidates = new HashMap<>();
    /** Pod shapes that fitted nowhere, with the reason. Free resources only shrink, so this holds until a pod is released. */
    private final Map<Shape, String> unplaceable = new HashMap<>();

    private record Shape(ResourceList requests, NodeConstraints constraints) {}

    private record Candidate(FreeResources node, @Nullable String refusal, boolean discouraged) {}

    NodeAllocator(ClusterSnapshot snapshot) {
        nodes = snapshot.nodes().stream()
                .sorted(Comparator.comparing(NodeState::name))
                .map(FreeResources::new)
                .toList();
        byName = nodes.stream().collect(Collectors.toMap(n -> n.node.name(), Function.identity()));
        for (PodState pod : snapshot.pods()) {
            if (pod.node() != null && byName.get(pod.node()) instanceof FreeResources node) {
                node.reserve(pod.requests());
            }
        }
    }

    /** The node chosen for a pod, or the reason why there is none; exactly one of them is null. */
    record Answer(@Nullable String node, @Nullable String why) {}

    /** Chooses a node for a pod and reserves the pod's requests there. */
    Answer allocate(PodState pod) {
        if (pod.refusal() != null) {
            return new Answer(null, pod.refusal());
        }
        Shape shape = new Shape(pod.requests(), pod.constraints());
        String known = unplaceable.get(shape);
        if (known != null) {
            return new Answer(null, known);
        }
        Map<String, Integer> refusals = new TreeMap<>();
        FreeResources best = best(shape, refusals);
        if (best == null) {
            String why = describe(refusals);
            unplaceable.put(shape, why);
            return new Answer(null, why);
        }
        best.reserve(pod.requests());
        return new Answer(best.node.name(), null);
    }

    /** Undoes {@link #allocate}. */
    void release(PodState pod, String name) {
        FreeResources node = byName.get(name);
        if (node != null) {
            node.release(pod.requests());
            unplaceable.clear();
        }
    }

    private @Nullable FreeResources best(Shape shape, Map<String, Integer> refusals) {
        Candidate best = null;
        double bestLeft = 0;
        for (Candidate candidate : candidates(shape.constraints())) {
            String refusal = candidate.refusal();
            if (refusal == null) {
                String missing = candidate.node().shortOf(shape.requests());
                refusal = missing == null ? null : "insufficient " + missing;
            }
            if (refusal != null) {
                refusals.merge(refusal, 1, Integer::sum);
                continue;
            }
            double left = candidate.node().leftAfter(shape.requests());
            if (best == null
                    || (candidate.discouraged() == best.discouraged() ? left < bestLeft : best.discouraged())) {
                best = candidate;
                bestLeft = left;
            }
        }
        return best == null ? null : best.node();
    }

    private List<Candidate> candidates(NodeConstraints constraints) {
        return candidates.computeIfAbsent(
                constraints,
                c -> nodes.stream()
                        .map(n -> new Candidate(n, c.refusal(n.node), c.isDiscouragedOn(n.node)))
                        .toList());
    }

    /** In the style of kube-scheduler, the most frequent reason first: {@code 0/3 nodes: 2 insufficient cpu, 1 taint gpu}. */
    private String describe(Map<String, Integer> refusals) {
        if (nodes.isEmpty()) {
            return "there are no nodes";
        }
        return refusals.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder()))
                .map(e -> e.getValue() + " " + e.getKey())
                .collect(Collectors.joining(", ", "0/" + nodes.size() + " nodes: ", ""));
    }

    /** The unreserved resources of one node; below 0 where others overcommitted it. */
    private static final class FreeResources {
        private final NodeState node;
        private final Map<String, Long> free;

        private FreeResources(NodeState node) {
            this.node = node;
            this.free = new HashMap<>(node.allocatable().amounts());
        }

        /** The first requested resource that is too scarce; null if all requests fit. */
        private @Nullable String shortOf(ResourceList requests) {
            for (Map.Entry<String, Long> request : requests.amounts().entrySet()) {
                if (request.getValue() > 0 && request.getValue() > free.getOrDefault(request.getKey(), 0L)) {
                    return request.getKey();
                }
            }
            return null;
        }

        private void reserve(ResourceList requests) {
            requests.amounts().forEach((name, amount) -> free.merge(name, -amount, FreeResources::sum));
        }

        private void release(ResourceList requests) {
            requests.amounts().forEach((name, amount) -> free.merge(name, amount, FreeResources::sum));
        }

        /** The mean fraction of the requested resources that would stay free; the smaller, the better the fit. */
        private double leftAfter(ResourceList requests) {
            double sum = 0;
            int count = 0;
            for (Map.Entry<String, Long> request : requests.amounts().entrySet()) {
                long whole = node.allocatable().get(request.getKey());
                if (request.getKey().equals(ResourceList.PODS) || request.getValue() == 0 || whole == 0) {
                    continue;
                }
                sum += (double) (free.getOrDefault(request.getKey(), 0L) - request.getValue()) / whole;
                count++;
            }
            return count == 0 ? 0 : sum / count;
        }

        /** Saturating: an overflow has a sign that neither summand has. */
        private static long sum(long a, long b) {
            long sum = a + b;
            return ((a ^ sum) & (b ^ sum)) < 0 ? (a < 0 ? Long.MIN_VALUE : Long.MAX_VALUE) : sum;
        }
    }
}
