package io.framequota.scheduler.policy.builtin;

import io.framequota.scheduler.policy.Allocation;
import io.framequota.scheduler.policy.ExecutionMode;
import io.framequota.scheduler.policy.JobOrders;
import io.framequota.scheduler.policy.Policy;
import io.framequota.scheduler.policy.PolicyDefinition;
import io.framequota.scheduler.policy.Snapshot;
import io.framequota.scheduler.policy.SnapshotJob;
import io.framequota.scheduler.policy.Speedup;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Yardstick: minimizes the mean response of jobs that are all present at the start, for any concave speedup. The
 * problem is stated by Li, Ju, Eryilmaz and Shroff, "Optimal Parallel Scheduling under Concave Speedup Functions",
 * 2025; see {@link OptimalCosts} for the solution.
 */
final class ConcaveOptimumPolicy implements Policy {
    static final PolicyDefinition DEFINITION = new PolicyDefinition(
            "concave-optimum",
            List.of(),
            "A yardstick: the least possible mean response if all requests are present at the start, for the given speedup.",
            List.of(),
            true,
            values -> new ConcaveOptimumPolicy());

    /** A cache of the costs for the latest speedup. It changes no answer: costs follow from the snapshot alone. */
    private final AtomicReference<OptimalCosts> known = new AtomicReference<>(OptimalCosts.none());

    @Override
    public Allocation allocate(Snapshot snapshot) {
        List<SnapshotJob> jobs = snapshot.jobs();
        int[] order = JobOrders.smallestFirst(snapshot, SnapshotJob::remainingS);
        double[] millicores = new double[jobs.size()];
        if (snapshot.speedup() instanceof Speedup.Power(double p)) {
            HeSrptPolicy.share(snapshot, order, p, j -> 1, millicores);
        } else if (order.length > 0 && snapshot.cores() > 0) {
            OptimalCosts costs = known.get();
            if (!costs.hold(snapshot.speedup(), snapshot.cores(), order.length)) {
                costs = costs.extended(snapshot.speedup(), snapshot.cores(), order.length);
                known.set(costs);
            }
            double[] cores = costs.shares(order.length);
            for (int i = 0; i < order.length && i < cores.length; i++) {
                millicores[order[i]] =
                        Math.min(cores[i] * snapshot.core(), jobs.get(order[i]).limit());
            }
        }
        return new Allocation(order, millicores, ExecutionMode.SLICED, false);
    }
}
