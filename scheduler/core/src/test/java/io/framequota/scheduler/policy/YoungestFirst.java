package io.framequota.scheduler.policy;

import java.util.List;

/** Last come, first served. */
final class YoungestFirst implements Policy {
    static final PolicyDefinition KIND = new PolicyDefinition(
            "youngest-first",
            List.of(),
            "Every core works on the request that came last.",
            List.of(),
            values -> new YoungestFirst());

    @Override
    public Allocation allocate(Snapshot snapshot) {
        int[] order = JobOrders.smallestFirst(snapshot, j -> 1.0 / (1 + j.arrival()));
        double[] millicores = new double[snapshot.jobs().size()];
        WaterFilling.inOrder(snapshot, order, Double.POSITIVE_INFINITY, snapshot.budget(), millicores);
        return new Allocation(order, millicores, ExecutionMode.SLICED, true);
    }
}
