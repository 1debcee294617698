package io.framequota.scheduler.placement;

import org.jspecify.annotations.Nullable;

/**
 * A pod that has not ended.
 *
 * @param requests of the whole pod, with one of {@link ResourceList#PODS}
 * @param gang null when it starts alone
 * @param node where it is bound; null while it waits to be placed
 * @param priority higher ones are placed first
 * @param created milliseconds since the epoch; among equals the older one is placed first
 * @param refusal why it cannot be placed by us wherever there is room, null when it can
 */
public record PodState(
        PodId id,
        ResourceList requests,
        NodeConstraints constraints,
        @Nullable PodGang gang,
        @Nullable String node,
        int priority,
        long created,
        @Nullable String refusal) {

    /** The same pod, bound. */
    public PodState on(String bound) {
        return new PodState(id, requests, constraints, gang, bound, priority, created, refusal);
    }

    /** The same pod, which is not to be placed. */
    public PodState refusedFor(String why) {
        return new PodState(id, requests, constraints, gang, node, priority, created, why);
    }

    /** The same pod, of no gang. */
    public PodState alone() {
        return new PodState(id, requests, constraints, null, node, priority, created, refusal);
    }
}
