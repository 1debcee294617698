package io.framequota.scheduler.policy.builtin;

import io.framequota.scheduler.policy.Allocation;
import io.framequota.scheduler.policy.ExecutionMode;
import io.framequota.scheduler.policy.FixedLanePolicy;
import io.framequota.scheduler.policy.JobOrders;
import io.framequota.scheduler.policy.PolicyDefinition;
import io.framequota.scheduler.policy.Snapshot;

/** Gives the first c requests one core each until they end. */
final class OneCorePerRequestPolicy implements FixedLanePolicy {
    static final PolicyDefinition DEFINITION = new PolicyDefinition(
            "one-core-per-request",
            "Requests get one core each, in order of arrival, until they end; the others wait.",
            OneCorePerRequestPolicy::new);

    @Override
    public int laneWidth(int cores) {
        return 1;
    }

    @Override
    public Allocation allocate(Snapshot snapshot) {
        int[] order = JobOrders.placedFirst(snapshot);
        double[] millicores = new double[snapshot.jobs().size()];
        int running = Math.min(order.length, snapshot.cores());
        for (int rank = 0; rank < running; rank++) {
            int job = order[rank];
            millicores[job] = Math.min(snapshot.core(), snapshot.jobs().get(job).limit());
        }
        return new Allocation(order, millicores, ExecutionMode.BOUND, false);
    }
}
