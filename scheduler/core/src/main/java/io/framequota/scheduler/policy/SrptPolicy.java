package io.framequota.scheduler.policy;

import java.util.List;

/** Shortest remaining processing time (Schrage and Miller 1966), by estimates. */
final class SrptPolicy implements Policy {
    private static final Parameter MEASURE =
            new Parameter("measure", "what is compared", new Parameter.OneOf("remaining", "size"), "remaining");
    private static final Parameter PREEMPT = new Parameter(
            "preempt",
            "whether a shorter request displaces one that has begun",
            new Parameter.OneOf("true", "false"),
            "true");
    private static final Parameter ERROR = new Parameter(
            "error",
            "error put into the estimates on purpose: standard deviation of log(estimate / truth)",
            new Parameter.Number(0, 10),
            "0");
    private static final Parameter SEED =
            new Parameter("seed", "of those errors", new Parameter.WholeNumber(0, Integer.MAX_VALUE), "1");

    static final PolicyDefinition KIND = new PolicyDefinition(
            "srpt",
            List.of(),
            "The requests with the least estimated work left come first; each takes all cores that it can use.",
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
        WaterFilling.inOrder(snapshot, order, Double.POSITIVE_INFINITY, snapshot.budget(), millicores);
        return new Allocation(order, millicores, ExecutionMode.SLICED, true);
    }

    private double key(SnapshotJob job) {
        return bySize ? estimates.size(job) : estimates.remaining(job);
    }
}
