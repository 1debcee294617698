package io.framequota.scheduler.controller.placement.kubernetes;

import io.framequota.scheduler.placement.PodBinding;
import io.framequota.scheduler.placement.PodId;
import io.framequota.scheduler.placement.PodState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Bindings that were decided and that the watch does not show yet: they hold their room until it does, or until they are
 * known to have failed. Failed ones rest before they are tried again. For several threads.
 */
final class AssumedBindings {
    private static final long FIRST_REST_MILLIS = 500;
    private static final long LONGEST_REST_MILLIS = 60_000;

    private static final String RESTING = "its last binding failed; it is tried again soon";

    private final Map<PodId, String> nodes = new HashMap<>();
    private final Map<PodId, Rest> rests = new HashMap<>();

    private record Rest(long until, long millis) {}

    synchronized void assume(PodBinding binding) {
        nodes.put(binding.pod(), binding.node());
    }

    /** It was not even tried. */
    synchronized void release(PodId pod) {
        nodes.remove(pod);
    }

    /** It was not bound; it waits a while, longer every time. */
    synchronized void failed(PodId pod, long nowMillis) {
        nodes.remove(pod);
        Rest before = rests.get(pod);
        long millis = before == null ? FIRST_REST_MILLIS : Math.min(LONGEST_REST_MILLIS, before.millis() * 2);
        rests.put(pod, new Rest(nowMillis + millis, millis));
    }

    /**
     * What is seen with what is assumed.
     *
     * @param seen pods of the watch, all of them: an assumption about any other is forgotten, as is one that has come true
     * @return the pods with the nodes that they are assumed to be on; those that rest are refused
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
            Rest rest = rests.get(pod.id());
            if (node != null) {
                applied.add(pod.on(node));
            } else {
                applied.add(rest == null || nowMillis >= rest.until() ? pod : pod.refusedFor(RESTING));
            }
        }
        nodes.keySet().retainAll(open);
        rests.keySet().retainAll(open);
        return applied;
    }
}
