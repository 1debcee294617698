package io.framequota.scheduler.controller.placement.kubernetes;

import io.framequota.scheduler.placement.PlacementDecision.Binding;
import io.framequota.scheduler.placement.PodId;
import io.framequota.scheduler.placement.PodState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Bindings that were decided but that the watch does not show yet. Their resources count as used until the watch shows them or
 * they are known to have failed. A pod whose binding failed backs off before the next attempt. Thread-safe.
 */
final class AssumedBindings {
    private static final long SHORTEST_BACKOFF_MILLIS = 500;
    private static final long LONGEST_BACKOFF_MILLIS = 60_000;

    private static final String BACKING_OFF = "its last binding failed; the scheduler will retry soon";

    private final Map<PodId, String> nodes = new HashMap<>();
    private final Map<PodId, Backoff> backoffs = new HashMap<>();

    private record Backoff(long until, long millis) {}

    synchronized void assume(Binding binding) {
        nodes.put(binding.pod(), binding.node());
    }

    /** The binding was not sent. */
    synchronized void release(PodId pod) {
        nodes.remove(pod);
    }

    /** The pod was not bound; the back-off doubles with every failure. */
    synchronized void failed(PodId pod, long nowMillis) {
        nodes.remove(pod);
        Backoff before = backoffs.get(pod);
        long millis = before == null ? SHORTEST_BACKOFF_MILLIS : Math.min(LONGEST_BACKOFF_MILLIS, before.millis() * 2);
        backoffs.put(pod, new Backoff(nowMillis + millis, millis));
    }

    /**
     * Adds the assumed bindings to the watched pods.
     *
     * @param seen all pods of the watch; assumptions about other pods, and about pods that are bound, are dropped
     * @return the pods, with their assumed nodes; pods that back off are refused
     */
    synchronized List<PodState> applyTo(List<PodState> seen, long nowMillis) {
        Set<PodId> open = new HashSet<>();
        List<PodState> applied = new ArrayList<>(seen.size());
        for (PodState pod : seen) {
            if (pod.node() != null) {
                applied.add(pod);
                continue;
            }
            open.add(pod.id());
            String node = nodes.get(pod.id());
            Backoff backoff = backoffs.get(pod.id());
            if (node != null) {
                applied.add(pod.on(node));
            } else {
                applied.add(backoff == null || nowMillis >= backoff.until() ? pod : pod.refusedFor(BACKING_OFF));
            }
        }
        nodes.keySet().retainAll(open);
        backoffs.keySet().retainAll(open);
        return applied;
    }
}
