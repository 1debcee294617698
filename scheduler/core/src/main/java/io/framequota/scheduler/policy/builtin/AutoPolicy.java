package io.framequota.scheduler.policy.builtin;

import io.framequota.scheduler.policy.Allocation;
import io.framequota.scheduler.policy.ExecutionMode;
import io.framequota.scheduler.policy.JobOrders;
import io.framequota.scheduler.policy.PolicyDefinition;
import io.framequota.scheduler.policy.Snapshot;
import io.framequota.scheduler.policy.SnapshotJob;
import io.framequota.scheduler.policy.UsableCores;
import io.framequota.scheduler.policy.UsableCoresAware;
import io.framequota.scheduler.policy.WaterFilling;
import io.framequota.scheduler.policy.WidthExplanation;
import java.util.List;

/**
 * Chooses how many requests run side by side. For every width m it predicts the mean response of the present requests
 * if they are served m at a time, shortest first, on c/m cores each, and takes the best width. It chooses again after
 * every arrival and every end, so the width follows the load. Because keeping the current plan is always among the
 * choices, the prediction never gets worse (a rollout: Bertsekas, Tsitsiklis 1999).
 *
 * <p>If requests keep arriving, a width that wastes cores also delays future requests. Its prediction is therefore
 * divided by 1 - load, where load is the arriving work divided by the work that the width can serve, m s(c/m).
 *
 * <p>Cores that a request was measured to leave idle go to the next request: see {@link WidthPredictor}.
 */
final class AutoPolicy implements UsableCoresAware {
    static final PolicyDefinition DEFINITION = new PolicyDefinition(
            "auto",
            "Chooses how many requests run side by side, shortest first, from the measured speedup and the present requests.",
            AutoPolicy::new);

    /**
     * If two predictions differ by less than this relative amount, the width that serves more requests at once wins.
     */
    private static final double TIE = 1e-9;

    @Override
    public Allocation allocate(Snapshot snapshot) {
        double mean = meanOfKnown(snapshot.jobs());
        if (mean < 0 && snapshot.jobs().size() > 1) {
            return equalShares(snapshot);
        }
        double unknown = mean > 0 ? mean : 1;
        int[] order = JobOrders.smallestFirst(snapshot, j -> remaining(j, unknown));
        double[] millicores = new double[snapshot.jobs().size()];
        if (order.length == 0 || snapshot.cores() == 0) {
            return new Allocation(order, millicores, ExecutionMode.SLICED, true);
        }
        WidthExplanation choice = choose(snapshot, order, unknown, OfferedLoad.perSecond(snapshot, unknown));
        double each = snapshot.budget() / choice.chosen().atATime();
        double left = WaterFilling.inOrder(snapshot, order, each, snapshot.budget(), millicores);
        WaterFilling.topUp(snapshot, order, left, millicores);
        return new Allocation(order, millicores, ExecutionMode.SLICED, true).because(choice);
    }

    private static WidthExplanation choose(Snapshot snapshot, int[] order, double unknown, double offered) {
        int n = order.length;
        double[] remaining = new double[n];
        UsableCores measured = null;
        boolean profiled = true;
        for (int k = 0; k < n; k++) {
            SnapshotJob job = snapshot.jobs().get(order[k]);
            remaining[k] = remaining(job, unknown);
            profiled &= job.profiled();
            if (measured == null && job.usableCores().isLimited()) {
                measured = job.usableCores();
            }
        }
        WidthPredictor widths = new WidthPredictor(snapshot, order, remaining, offered);
        WidthExplanation.Option best = widths.option(Math.min(n, snapshot.cores()));
        WidthExplanation.Option second = best;
        for (int m = best.atATime() - 1; m >= 1; m--) {
            WidthExplanation.Option option = widths.option(m);
            if (WidthPredictor.cost(option) < WidthPredictor.cost(best) * (1 - TIE)) {
                second = best;
                best = option;
            } else if (second == best || WidthPredictor.cost(option) < WidthPredictor.cost(second)) {
                second = option;
            }
        }
        return new WidthExplanation(n, true, profiled, best, second, measured);
    }

    /** No size is known: equal shares protect short requests from long ones. */
    private static Allocation equalShares(Snapshot snapshot) {
        int[] order = JobOrders.placedFirst(snapshot);
        double[] millicores = new double[snapshot.jobs().size()];
        WaterFilling.equally(snapshot, order, 0, order.length, snapshot.budget(), millicores);
        WidthExplanation.Option option = new WidthExplanation.Option(
                order.length, (double) snapshot.cores() / order.length, Double.POSITIVE_INFINITY, 0);
        return new Allocation(order, millicores, ExecutionMode.SLICED, true)
                .because(new WidthExplanation(order.length, false, false, option, option, null));
    }

    /** The mean size of the jobs with known size, -1 if there are none. */
    private static double meanOfKnown(List<SnapshotJob> jobs) {
        double sum = 0;
        int known = 0;
        for (SnapshotJob job : jobs) {
            if (job.sizeS() >= 0) {
                sum += job.sizeS();
                known++;
            }
        }
        return known == 0 ? -1 : sum / known;
    }

    /**
     * The estimated work left. A job of unknown length counts as a job of average size; after it has received more than
     * that, its remaining work counts as equal to its attained work.
     */
    private static double remaining(SnapshotJob job, double unknown) {
        if (job.sizeS() >= 0) {
            return job.remainingS();
        }
        return job.attainedS() < unknown ? unknown - job.attainedS() / 2 : job.attainedS();
    }
}
