package io.framequota.scheduler.policy;

import java.util.List;

/** A fixed number of cores for each request, to completion. */
final class GangPolicy implements Policy {
    private static final Parameter WIDTH =
            new Parameter("width", "cores of each request", new Parameter.WholeNumber(1, Integer.MAX_VALUE), "2");

    static final PolicyDefinition KIND = new PolicyDefinition(
            "gang",
            List.of(),
            "The next requests by arrival get the same number of cores each, to completion; the others wait.",
            List.of(WIDTH),
            values -> new GangPolicy(Integer.parseInt(values.get(WIDTH))));

    private final int width;

    private GangPolicy(int width) {
        this.width = width;
    }

    @Override
    public int laneWidth(int cores) {
        return Math.min(width, cores);
    }

    @Override
    public Allocation allocate(Snapshot snapshot) {
        int[] order = JobOrders.placedFirst(snapshot);
        double[] millicores = new double[snapshot.jobs().size()];
        int cores = Math.min(width, snapshot.cores());
        int gangs = cores == 0 ? 0 : Math.min(order.length, snapshot.cores() / cores);
        for (int rank = 0; rank < gangs; rank++) {
            int job = order[rank];
            millicores[job] =
                    Math.min(cores * snapshot.core(), snapshot.jobs().get(job).limit());
        }
        return new Allocation(order, millicores, ExecutionMode.BOUND, false);
    }
}
