package io.framequota.scheduler.policy.builtin;

import io.framequota.scheduler.policy.Allocation;
import io.framequota.scheduler.policy.ExecutionMode;
import io.framequota.scheduler.policy.JobOrders;
import io.framequota.scheduler.policy.Policy;
import io.framequota.scheduler.policy.PolicyDefinition;
import io.framequota.scheduler.policy.Snapshot;
import io.framequota.scheduler.policy.WaterFilling;
import java.util.List;

/** Gives every active request an equal share. What a request cannot use is divided among the others. */
final class DivideAndConquerPolicy implements Policy {
    static final PolicyDefinition DEFINITION = new PolicyDefinition(
            "divide-and-conquer",
            List.of("fair-split"),
            "All active requests run side by side in chunks with equal shares.",
            List.of(),
            false,
            values -> new DivideAndConquerPolicy());

    @Override
    public Allocation allocate(Snapshot snapshot) {
        int[] order = JobOrders.placedFirst(snapshot);
        double[] millicores = new double[snapshot.jobs().size()];
        WaterFilling.equally(snapshot, order, 0, order.length, snapshot.budget(), millicores);
        return new Allocation(order, millicores, ExecutionMode.SLICED, true);
    }
}
