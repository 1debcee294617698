package io.framequota.scheduler.policy;

import java.util.List;

/** The next c requests, one core each, to completion. */
final class OneCorePerRequestPolicy implements Policy {
    static final PolicyDefinition KIND = new PolicyDefinition(
            "one-core-per-request",
            List.of(),
            "The next requests by arrival get one core each, unsliced, to completion; the others wait.",
            List.of(),
            values -> new OneCorePerRequestPolicy());

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
