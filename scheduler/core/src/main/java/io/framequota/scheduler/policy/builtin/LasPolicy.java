package io.framequota.scheduler.policy.builtin;

import io.framequota.scheduler.policy.Allocation;
import io.framequota.scheduler.policy.ExecutionMode;
import io.framequota.scheduler.policy.JobOrders;
import io.framequota.scheduler.policy.Policy;
import io.framequota.scheduler.policy.PolicyDefinition;
import io.framequota.scheduler.policy.Snapshot;
import io.framequota.scheduler.policy.SnapshotJob;
import io.framequota.scheduler.policy.WaterFilling;

/** Least attained service: the jobs that were served least so far share the cores. Needs no sizes. */
final class LasPolicy implements Policy {
    static final PolicyDefinition DEFINITION = new PolicyDefinition(
            "las",
            "The requests that were served least so far share the cores. New requests start at once; no lengths are needed.",
            LasPolicy::new);

    /**
     * Attained services are equal if they differ by less than this, relative to themselves and at least to one second.
     */
    private static final double SAME = 1e-9;

    @Override
    public Allocation allocate(Snapshot snapshot) {
        int[] order = JobOrders.smallestFirst(snapshot, SnapshotJob::attainedS);
        double[] millicores = new double[snapshot.jobs().size()];
        double left = snapshot.budget();
        double review = Double.POSITIVE_INFINITY;
        double attained = 0;
        double speed = 0;
        for (int from = 0; from < order.length; ) {
            int to = levelEnd(snapshot, order, from);
            if (left > 0) {
                left = WaterFilling.equally(snapshot, order, from, to, left, millicores);
            }
            SnapshotJob first = snapshot.jobs().get(order[from]);
            double own = speed(snapshot, millicores[order[from]]);
            if (from > 0 && speed > own) {
                review = Math.min(review, (first.attainedS() - attained) / (speed - own));
            }
            if (left <= 0 && own == 0) {
                // No job beyond this level is served, so none of them can catch up.
                break;
            }
            attained = first.attainedS();
            speed = own;
            from = to;
        }
        return new Allocation(order, millicores, ExecutionMode.SLICED, true).reviewedAfter(review);
    }

    private static int levelEnd(Snapshot snapshot, int[] order, int from) {
        double attained = snapshot.jobs().get(order[from]).attainedS();
        double most = attained + SAME * Math.max(1, attained);
        int to = from + 1;
        while (to < order.length && snapshot.jobs().get(order[to]).attainedS() <= most) {
            to++;
        }
        return to;
    }

    private static double speed(Snapshot snapshot, double millicores) {
        return millicores == 0 ? 0 : snapshot.speedup().at(millicores / snapshot.core());
    }
}
