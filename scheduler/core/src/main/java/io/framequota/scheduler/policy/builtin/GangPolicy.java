package io.framequota.scheduler.policy.builtin;

import io.framequota.scheduler.policy.Allocation;
import io.framequota.scheduler.policy.ExecutionMode;
import io.framequota.scheduler.policy.FixedLanePolicy;
import io.framequota.scheduler.policy.JobOrders;
import io.framequota.scheduler.policy.Parameter;
import io.framequota.scheduler.policy.PolicyDefinition;
import io.framequota.scheduler.policy.Snapshot;
import java.util.List;

/** Gives each request a fixed number of cores until it ends. */
final class GangPolicy implements FixedLanePolicy {
    private static final Parameter WIDTH =
            new Parameter("width", "cores of each request", new Parameter.WholeNumber(1, Integer.MAX_VALUE), "2");

    static final PolicyDefinition DEFINITION = new PolicyDefinition(
            "gang",
            "Requests get a fixed number of cores each, in order of arrival, until they end; the others wait.",
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
