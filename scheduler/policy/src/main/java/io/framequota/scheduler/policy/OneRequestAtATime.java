package io.framequota.scheduler.policy;

import java.util.List;

/** Every core on the head request; then the next. */
final class OneRequestAtATime implements Policy {
    private static final Parameter ORDER = new Parameter(
            "order", "which request is the head", new Parameter.OneOf("arrival", "shortest-first"), "arrival");
    private static final Parameter SPILL = new Parameter(
            "spill",
            "whether cores that the head leaves idle serve the next request",
            new Parameter.OneOf("true", "false"),
            "true");

    static final PolicyKind KIND = new PolicyKind(
            "one-request-at-a-time",
            List.of("one-at-a-time"),
            "Every core works on the head request; then comes the next.",
            List.of(ORDER, SPILL),
            values -> new OneRequestAtATime(
                    "shortest-first".equals(values.get(ORDER)), Boolean.parseBoolean(values.get(SPILL))));

    private final boolean shortestFirst;
    private final boolean spill;

    private OneRequestAtATime(boolean shortestFirst, boolean spill) {
        this.shortestFirst = shortestFirst;
        this.spill = spill;
    }

    @Override
    public Allocation allocate(Snapshot snapshot) {
        int[] order = shortestFirst ? Orders.shortestFirst(snapshot) : Orders.arrival(snapshot);
        double[] millicores = new double[snapshot.jobs().size()];
        double left = snapshot.budget();
        for (int rank = 0; rank < order.length && left > 0; rank++) {
            int job = order[rank];
            double share = Math.min(left, snapshot.jobs().get(job).limit());
            millicores[job] = share;
            left -= share;
            if (!spill) {
                // What a limited head cannot use stays idle: that is what switching spill off asks for.
                break;
            }
        }
        return new Allocation(order, millicores, Placement.SLICED, spill);
    }
}
