package io.framequota.scheduler.policy;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The least mean response of jobs that are all there, for any concave speedup: a yardstick. The problem is that of Li, Ju,
 * Eryilmaz, Shroff, "Optimal Parallel Scheduling under Concave Speedup Functions", 2025; see {@link OptimalCosts}.
 */
final class ConcaveOptimumPolicy implements Policy {
    static final PolicyDefinition KIND = new PolicyDefinition(
            "concave-optimum",
            List.of(),
            "A yardstick: the least mean response of requests that are all there, by the speedup.",
            List.of(),
            values -> new ConcaveOptimumPolicy());

    /** Costs of the speedup that was asked for last: what they are follows from the snapshot alone. */
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
