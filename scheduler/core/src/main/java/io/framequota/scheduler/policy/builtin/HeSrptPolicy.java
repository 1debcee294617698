package io.framequota.scheduler.policy.builtin;

import io.framequota.scheduler.policy.Allocation;
import io.framequota.scheduler.policy.ExecutionMode;
import io.framequota.scheduler.policy.JobOrders;
import io.framequota.scheduler.policy.Parameter;
import io.framequota.scheduler.policy.Policy;
import io.framequota.scheduler.policy.PolicyDefinition;
import io.framequota.scheduler.policy.Snapshot;
import io.framequota.scheduler.policy.SnapshotJob;
import io.framequota.scheduler.policy.Speedup;
import io.framequota.scheduler.policy.WaterFilling;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Yardstick: the optimum for jobs that are all present at the start and speed up as k^p (Berg, Vesilo, Harchol-Balter,
 * "heSRPT", 2019 and 2020). It does not serve jobs, because on real quotas a job on less than one core does not reach
 * k^p.
 *
 * <p>With jobs numbered from the largest, 1 to m, weights w, z(i) = w_1 + ... + w_i and a = 1/(1-p), job i gets the
 * fraction (z(i)/z(m))^a - (z(i-1)/z(m))^a. The weight is 1 for flow time, 1/size for slowdown and the job's own weight
 * for weighted flow time.
 */
final class HeSrptPolicy implements Policy {
    private static final Parameter OBJECTIVE = new Parameter(
            "objective", "what is minimized", new Parameter.OneOf("flow", "slowdown", "weighted"), "flow");
    private static final Parameter P = new Parameter(
            "p",
            "exponent of the speedup; without it, the exponent is fitted to the speedup",
            new Parameter.NumberOr("fit", 0, 1),
            "fit");

    static final PolicyDefinition DEFINITION = new PolicyDefinition(
            "hesrpt",
            List.of(),
            "A yardstick: the optimum if all requests are present at the start and speed up as k^p.",
            List.of(OBJECTIVE, P),
            true,
            values -> new HeSrptPolicy(
                    weight(values.get(OBJECTIVE)), values.get(P).equals("fit") ? -1 : values.number(P)));

    private final ToDoubleFunction<SnapshotJob> weight;
    /** -1 if it is fitted to the snapshot's speedup. */
    private final double p;

    private HeSrptPolicy(ToDoubleFunction<SnapshotJob> weight, double p) {
        this.weight = weight;
        this.p = p;
    }

    private static ToDoubleFunction<SnapshotJob> weight(String objective) {
        return switch (objective) {
            case "slowdown" -> j -> 1 / (j.sizeS() > 0 ? j.sizeS() : 1);
            case "weighted" -> SnapshotJob::weight;
            default -> j -> 1;
        };
    }

    @Override
    public Allocation allocate(Snapshot snapshot) {
        int[] order = JobOrders.smallestFirst(snapshot, SnapshotJob::remainingS);
        double[] millicores = new double[snapshot.jobs().size()];
        share(snapshot, order, p < 0 ? fitted(snapshot) : p, weight, millicores);
        return new Allocation(order, millicores, ExecutionMode.SLICED, false);
    }

    /** Writes the shares of the jobs in {@code order}, which lists the smallest job first. */
    static void share(Snapshot snapshot, int[] order, double p, ToDoubleFunction<SnapshotJob> weight, double[] into) {
        List<SnapshotJob> jobs = snapshot.jobs();
        if (p > 1 - 1e-9) {
            WaterFilling.inOrder(snapshot, order, into);
            return;
        }
        double exponent = 1 / (1 - p);
        // Jobs are scattered in memory: read each one once.
        double[] weights = new double[order.length];
        double[] limits = new double[order.length];
        double all = 0;
        for (int i = 0; i < order.length; i++) {
            SnapshotJob job = jobs.get(order[i]);
            weights[i] = weight.applyAsDouble(job);
            limits[i] = job.limit();
            all += weights[i];
        }
        double z = 0;
        double below = 0;
        for (int i = order.length - 1; i >= 0; i--) {
            z += weights[i];
            double upTo = i == 0 ? 1 : Math.pow(Math.min(1, z / all), exponent);
            double share = snapshot.budget() * Math.max(0, upTo - below);
            into[order[i]] = Math.min(share, limits[i]);
            below = upTo;
        }
    }

    private static double fitted(Snapshot snapshot) {
        if (snapshot.speedup() instanceof Speedup.Power(double exponent)) {
            return exponent;
        }
        if (snapshot.cores() < 2) {
            return 1;
        }
        double speed = Math.max(1, snapshot.speedup().at(snapshot.cores()));
        return Math.min(1, Math.log(speed) / Math.log(snapshot.cores()));
    }
}
