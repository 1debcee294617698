package io.framequota.scheduler.placement;

import java.util.List;

/**
 * What to do with the waiting pods. Each of them is in exactly one of the lists.
 *
 * @param bindings in the order of the decisions; the pods of a gang follow one another
 */
public record PlacementDecision(List<Binding> bindings, List<Waiting> waiting) {
    public PlacementDecision {
        bindings = List.copyOf(bindings);
        waiting = List.copyOf(waiting);
    }

    /** A pod and the node on which it is to run. */
    public record Binding(PodId pod, String node) {}

    /** A pod that stays pending, and the reason in one line for people. */
    public record Waiting(PodId pod, String why) {}
}
