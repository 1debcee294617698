package io.framequota.scheduler.policy;

import java.util.List;

/** Every core on the head request; then the next. */
final class OneRequestAtATimePolicy implements Policy {
    private static final Parameter ORDER = new Parameter(
            "order", "which request is the head", new Parameter.OneOf("arrival", "shortest-first"), "arrival");
    private static final Parameter AGING = new Parameter(
            "aging",
            "seconds after which a request comes before all shorter ones that are younger",
            new Parameter.NumberOr("never", 0, Double.MAX_VALUE),
            "never");
    private static final Parameter SPILL = new Parameter(
            "spill",
            "whether cores that the head leaves idle serve the next request",
            new Parameter.OneOf("true", "false"),
            "true");

    static final PolicyDefinition KIND = new PolicyDefinition(
            "one-request-at-a-time",
            List.of("one-at-a-time"),
            "Every core works on the head request; then comes the next.",
            List.of(ORDER, AGING, SPILL),
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
        // Jobs come by arrival, so the same key keeps the old ones in that order.
        int[] order = shortestFirst
                ? JobOrders.smallestFirst(snapshot, j -> j.submittedS() <= oldS ? 0 : j.remainingS())
                : JobOrders.arrival(snapshot);
        double[] millicores = new double[snapshot.jobs().size()];
        if (spill) {
            WaterFilling.inOrder(snapshot, order, Double.POSITIVE_INFINITY, snapshot.budget(), millicores);
        } else if (order.length > 0) {
            // What a limited head cannot use stays idle: that is what switching spill off asks for.
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
