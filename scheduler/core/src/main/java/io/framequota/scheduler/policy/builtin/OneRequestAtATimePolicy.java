package io.framequota.scheduler.policy.builtin;

import io.framequota.scheduler.policy.Allocation;
import io.framequota.scheduler.policy.ExecutionMode;
import io.framequota.scheduler.policy.FixedLanePolicy;
import io.framequota.scheduler.policy.JobOrders;
import io.framequota.scheduler.policy.Parameter;
import io.framequota.scheduler.policy.PolicyDefinition;
import io.framequota.scheduler.policy.Snapshot;
import io.framequota.scheduler.policy.SnapshotJob;
import io.framequota.scheduler.policy.WaterFilling;
import java.util.List;

/** Gives every core to the head request until it ends; then the next request is the head. */
final class OneRequestAtATimePolicy implements FixedLanePolicy {
    private static final Parameter ORDER = new Parameter(
            "order", "the order of requests", new Parameter.OneOf("arrival", "shortest-first"), "arrival");
    private static final Parameter AGING = new Parameter(
            "aging",
            "seconds after which a request is served before all shorter requests that came later",
            new Parameter.NumberOr("never", 0, Double.MAX_VALUE),
            "never");
    private static final Parameter SPILL = new Parameter(
            "spill",
            "whether cores that the head request leaves idle serve the next request",
            new Parameter.OneOf("true", "false"),
            "true");

    static final PolicyDefinition DEFINITION = new PolicyDefinition(
            "one-request-at-a-time",
            List.of("one-at-a-time"),
            "Every core works on one request until it ends; then the next request gets all cores.",
            List.of(ORDER, AGING, SPILL),
            false,
            values -> new OneRequestAtATimePolicy(
                    "shortest-first".equals(values.get(ORDER)), values.number(AGING), values.isTrue(SPILL)));

    private final boolean shortestFirst;
    private final double agingS;
    private final boolean spill;

    private OneRequestAtATimePolicy(boolean shortestFirst, double agingS, boolean spill) {
        this.shortestFirst = shortestFirst;
        this.agingS = agingS;
        this.spill = spill;
    }

    @Override
    public int laneWidth(int cores) {
        return shortestFirst ? 0 : cores;
    }

    @Override
    public Allocation allocate(Snapshot snapshot) {
        double oldS = snapshot.nowS() - agingS;
        // Ties keep the order of arrival, so all old jobs get the same key.
        int[] order = shortestFirst
                ? JobOrders.smallestFirst(snapshot, j -> j.submittedS() <= oldS ? 0 : j.remainingS())
                : JobOrders.arrival(snapshot);
        double[] millicores = new double[snapshot.jobs().size()];
        if (spill) {
            WaterFilling.inOrder(snapshot, order, millicores);
        } else if (order.length > 0) {
            // Without spill, cores that the head cannot use stay idle.
            millicores[order[0]] =
                    Math.min(snapshot.budget(), snapshot.jobs().get(order[0]).limit());
        }
        return new Allocation(order, millicores, ExecutionMode.SLICED, spill).reviewedAfter(nextAgesIn(snapshot, oldS));
    }

    private double nextAgesIn(Snapshot snapshot, double oldS) {
        double next = Double.POSITIVE_INFINITY;
        if (shortestFirst && agingS < Double.POSITIVE_INFINITY) {
            for (SnapshotJob job : snapshot.jobs()) {
                next = job.submittedS() > oldS ? Math.min(next, job.submittedS() - oldS) : next;
            }
        }
        return next;
    }
}
