package io.framequota.scheduler.policy;

import java.util.List;

/** Earliest deadline first. With admission, a newcomer that would miss its deadline or make another one miss is refused. */
final class EdfPolicy implements Policy {
    private static final Parameter ADMISSION = new Parameter(
            "admission",
            "whether a request that cannot meet its deadline, or would make one that came before miss, is refused",
            new Parameter.OneOf("true", "false"),
            "true");

    static final PolicyDefinition KIND = new PolicyDefinition(
            "edf",
            List.of(),
            "The request whose deadline (label deadline, seconds) is next gets every core; what cannot be in time is"
                    + " refused.",
            List.of(ADMISSION),
            values -> new EdfPolicy(values.isTrue(ADMISSION)));

    private final boolean admission;

    private EdfPolicy(boolean admission) {
        this.admission = admission;
    }

    @Override
    public Allocation allocate(Snapshot snapshot) {
        double[] millicores = new double[snapshot.jobs().size()];
        if (!admission || snapshot.cores() == 0) {
            return served(snapshot, JobOrders.smallestFirst(snapshot, SnapshotJob::deadlineS), millicores);
        }
        DeadlineAdmission decided = new DeadlineAdmission(snapshot);
        return served(snapshot, decided.order(), millicores).refusing(decided.refused());
    }

    private static Allocation served(Snapshot snapshot, int[] order, double[] millicores) {
        WaterFilling.inOrder(snapshot, order, Double.POSITIVE_INFINITY, snapshot.budget(), millicores);
        return new Allocation(order, millicores, ExecutionMode.SLICED, true);
    }
}
