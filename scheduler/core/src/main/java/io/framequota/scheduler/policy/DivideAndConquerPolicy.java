package io.framequota.scheduler.policy;

import java.util.List;

/** Equal shares for every active request; what a request cannot use is divided among the others. */
final class DivideAndConquerPolicy implements Policy {
    static final PolicyDefinition KIND = new PolicyDefinition(
            "divide-and-conquer",
            List.of("fair-split"),
            "Every active request is divided into chunks and all of them run side by side with equal shares.",
            List.of(),
            values -> new DivideAndConquerPolicy());

    @Override
    public Allocation allocate(Snapshot snapshot) {
        int[] order = JobOrders.placedFirst(snapshot);
        double[] millicores = new double[snapshot.jobs().size()];
        WaterFilling.equally(snapshot, order, 0, order.length, snapshot.budget(), millicores);
        return new Allocation(order, millicores, ExecutionMode.SLICED, true);
    }
}
