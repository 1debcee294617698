package io.framequota.scheduler.policy.builtin;

import io.framequota.scheduler.policy.Allocation;
import io.framequota.scheduler.policy.ExecutionMode;
import io.framequota.scheduler.policy.JobOrders;
import io.framequota.scheduler.policy.Parameter;
import io.framequota.scheduler.policy.Policy;
import io.framequota.scheduler.policy.PolicyDefinition;
import io.framequota.scheduler.policy.Snapshot;
import io.framequota.scheduler.policy.SnapshotJob;
import io.framequota.scheduler.policy.WaterFilling;
import java.util.List;

/** Shortest remaining processing time (Schrage and Miller 1966), by estimated sizes. */
final class SrptPolicy implements Policy {
    private static final Parameter MEASURE = new Parameter(
            "measure", "the estimate that is compared", new Parameter.OneOf("remaining", "size"), "remaining");
    private static final Parameter PREEMPT = new Parameter(
            "preempt",
            "whether a shorter request preempts one that has begun",
            new Parameter.OneOf("true", "false"),
            "true");
    private static final Parameter ERROR = new Parameter(
            "error",
            "artificial error of the estimates: standard deviation of log(estimate / truth)",
            new Parameter.Number(0, 10),
            "0");
    private static final Parameter SEED = new Parameter(
            "seed", "seed of the artificial errors", new Parameter.WholeNumber(0, Integer.MAX_VALUE), "1");

    static final PolicyDefinition DEFINITION = new PolicyDefinition(
            "srpt",
            "Requests with the least estimated work left come first; each gets all cores that it can use.",
            List.of(MEASURE, PREEMPT, ERROR, SEED),
            values -> new SrptPolicy(
                    values.get(MEASURE).equals("size"),
                    values.isTrue(PREEMPT),
                    new SizeEstimates(values.number(ERROR), Long.parseLong(values.get(SEED)))));

    private final boolean bySize;
    private final boolean preempt;
    private final SizeEstimates estimates;

    private SrptPolicy(boolean bySize, boolean preempt, SizeEstimates estimates) {
        this.bySize = bySize;
        this.preempt = preempt;
        this.estimates = estimates;
    }

    @Override
    public Allocation allocate(Snapshot snapshot) {
        int[] order = preempt
                ? JobOrders.smallestFirst(snapshot, this::key)
                : JobOrders.smallestFirstAfterPlaced(snapshot, this::key);
        double[] millicores = new double[snapshot.jobs().size()];
        WaterFilling.inOrder(snapshot, order, millicores);
        return new Allocation(order, millicores, ExecutionMode.SLICED, true);
    }

    private double key(SnapshotJob job) {
        return bySize ? estimates.size(job) : estimates.remaining(job);
    }
}
