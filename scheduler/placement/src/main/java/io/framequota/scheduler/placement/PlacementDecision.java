package io.framequota.scheduler.placement;

import java.util.List;

/**
 * What is to be done with the pods that wait: each of them is in exactly one of the lists.
 *
 * @param bindings in the order in which they were decided; those of a gang follow one another
 */
public record PlacementDecision(List<PodBinding> bindings, List<Waiting> waiting) {
    public PlacementDecision {
        bindings = List.copyOf(bindings);
        waiting = List.copyOf(waiting);
    }

    /** A pod that stays where it is, and why, in one line for people. */
    public record Waiting(PodId pod, String why) {}
}
