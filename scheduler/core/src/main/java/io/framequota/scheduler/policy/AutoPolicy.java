package io.framequota.scheduler.policy;

import java.util.List;

/**
 * Chooses how many requests run side by side. For every width m it predicts the mean response of the requests that are
 * there, served m at a time and shortest first on c/m cores each, and takes the best. It chooses anew whenever something
 * arrives or ends, from what is left then, so the width follows the load; since to go on as before is always one of the
 * choices, what it predicts only improves (a rollout: Bertsekas, Tsitsiklis 1999).
 *
 * <p>While more arrive, a width that wastes cores makes those wait too who are still to come: its prediction is divided by
 * 1 - load, the load being what arrives against what the width can serve, m s(c/m).
 *
 * <p>What a request was measured to leave idle counts as the next one's: see {@link WidthPredictor}.
 */
final class AutoPolicy implements Policy {
    static final PolicyDefinition KIND = new PolicyDefinition(
            "auto",
            List.of(),
            "Chooses how many requests run side by side, from the measured speedup and what is there; shortest first.",
            List.of(),
            values -> new AutoPolicy());

    /** Of two widths whose predictions differ by less than this, the one that serves more requests at once is taken. */
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

    @Override
    public boolean goesByUptake() {
        return true;
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
            if (measured == null && job.uptake().isLimited()) {
                measured = job.uptake();
            }
        }
        WidthPredictor widths = new WidthPredictor(snapshot, order, remaining, offered);
        WidthExplanation.Option best = widths.option(Math.min(n, snapshot.cores()));
        WidthExplanation.Option second = best;
        for (int m = best.atATime() - 1; m >= 1; m--) {
            WidthExplanation.Option option = widths.option(m);
            if (option.cost() < best.cost() * (1 - TIE)) {
                second = best;
                best = option;
            } else if (second == best || option.cost() < second.cost()) {
                second = option;
            }
        }
        return new WidthExplanation(n, true, profiled, best, second, measured);
    }

    /** Nothing is known about any: equal shares protect the short ones from the long ones. */
    private static Allocation equalShares(Snapshot snapshot) {
        int[] order = JobOrders.placedFirst(snapshot);
        double[] millicores = new double[snapshot.jobs().size()];
        WaterFilling.equally(snapshot, order, 0, order.length, snapshot.budget(), millicores);
        WidthExplanation.Option option = new WidthExplanation.Option(
                order.length, (double) snapshot.cores() / order.length, Double.POSITIVE_INFINITY, 0);
        return new Allocation(order, millicores, ExecutionMode.SLICED, true)
                .because(new WidthExplanation(order.length, false, false, option, option, null));
    }

    /** Mean size of the jobs whose size is known, -1 when there is none. */
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

    /** A job of unknown length counts as an average one, and once it has had more than that, as having as much again. */
    private static double remaining(SnapshotJob job, double unknown) {
        if (job.sizeS() >= 0) {
            return job.remainingS();
        }
        return job.attainedS() < unknown ? unknown - job.attainedS() / 2 : job.attainedS();
    }
}
