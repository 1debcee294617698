package io.framequota.scheduler.policy;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The optimum for jobs that are all there and speed up as k^p (Berg, Vesilo, Harchol-Balter, "heSRPT", 2019 and 2020). A
 * yardstick: on real quotas a job on less than a core does not reach k^p.
 *
 * <p>With jobs numbered from the largest, 1 to m, weights w, z(i) = w_1 + ... + w_i and a = 1/(1-p), job i gets the
 * fraction (z(i)/z(m))^a - (z(i-1)/z(m))^a. Weights: 1 for flow time, 1/size for slowdown, the jobs' own for weighted.
 */
final class HeSrptPolicy implements Policy {
    private static final Parameter OBJECTIVE =
            new Parameter("objective", "what is least", new Parameter.OneOf("flow", "slowdown", "weighted"), "flow");
    private static final Parameter P = new Parameter(
            "p",
            "exponent of the speedup; fitted to the speedup when it is not given",
            new Parameter.NumberOr("fit", 0, 1),
            "fit");

    static final PolicyDefinition KIND = new PolicyDefinition(
            "hesrpt",
            List.of(),
            "A yardstick: the optimum for requests that are all there and speed up as k^p.",
            List.of(OBJECTIVE, P),
            values -> new HeSrptPolicy(
                    weight(values.get(OBJECTIVE)), values.get(P).equals("fit") ? -1 : values.number(P)));

    private final ToDoubleFunction<SnapshotJob> weight;
    /** -1 when it is to be fitted. */
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

    /** Writes the shares of the jobs of {@code order}, which come smallest first. */
    static void share(Snapshot snapshot, int[] order, double p, ToDoubleFunction<SnapshotJob> weight, double[] into) {
        List<SnapshotJob> jobs = snapshot.jobs();
        if (p > 1 - 1e-9) {
            WaterFilling.inOrder(snapshot, order, Double.POSITIVE_INFINITY, snapshot.budget(), into);
            return;
        }
        double exponent = 1 / (1 - p);
        // Jobs lie anywhere in memory: each is looked at once.
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
