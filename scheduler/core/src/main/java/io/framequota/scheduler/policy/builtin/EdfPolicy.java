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

/**
 * Earliest deadline first. With admission, a new job is refused if it would miss its deadline or make an admitted job
 * miss.
 */
final class EdfPolicy implements Policy {
    private static final Parameter ADMISSION = new Parameter(
            "admission",
            "whether to refuse a request that cannot meet its deadline, or would make an earlier request miss",
            new Parameter.OneOf("true", "false"),
            "true");

    static final PolicyDefinition DEFINITION = new PolicyDefinition(
            "edf",
            "The request with the earliest deadline (label deadline, seconds) gets every core; requests that cannot meet"
                    + " theirs are refused.",
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
        DeadlineAdmission admitted = new DeadlineAdmission(snapshot);
        return served(snapshot, admitted.order(), millicores).refusing(admitted.refused());
    }

    private static Allocation served(Snapshot snapshot, int[] order, double[] millicores) {
        WaterFilling.inOrder(snapshot, order, millicores);
        return new Allocation(order, millicores, ExecutionMode.SLICED, true);
    }
}
