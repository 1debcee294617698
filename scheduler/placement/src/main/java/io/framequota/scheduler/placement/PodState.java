package io.framequota.scheduler.placement;

import org.jspecify.annotations.Nullable;

/**
 * A pod that has not terminated.
 *
 * @param requests of the whole pod, with one of {@link ResourceList#PODS}
 * @param gang null if it starts alone
 * @param node to which it is bound; null while it waits for a node
 * @param priority pods of higher priority are placed first
 * @param created milliseconds since the epoch; among equal priorities the older pod is placed first
 * @param refusal why this scheduler cannot place it on any node; null if it can
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

    /** This pod, bound to a node. */
    public PodState on(String bound) {
        return new PodState(id, requests, constraints, gang, bound, priority, created, refusal);
    }

    /** This pod, not to be placed. */
    public PodState refusedFor(String why) {
        return new PodState(id, requests, constraints, gang, node, priority, created, why);
    }

    /** This pod without its gang. */
    public PodState alone() {
        return new PodState(id, requests, constraints, null, node, priority, created, refusal);
    }
}
