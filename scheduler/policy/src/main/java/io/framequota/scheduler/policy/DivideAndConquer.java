package io.framequota.scheduler.policy;

import java.util.List;

/** Equal shares for every active request; what a request cannot use is divided among the others. */
final class DivideAndConquer implements Policy {
    static final PolicyKind KIND = new PolicyKind(
            "divide-and-conquer",
            List.of("fair-split"),
            "Every active request is divided into chunks and all of them run side by side with equal shares.",
            List.of(),
            values -> new DivideAndConquer());

    @Override
    public Allocation allocate(Snapshot snapshot) {
        int[] order = Orders.placedFirst(snapshot);
        return new Allocation(order, equalShares(snapshot, order), Placement.SLICED, true);
    }

    /** Water-filling: jobs whose limit lies below the equal share keep their limit, the others share the rest. */
    private static double[] equalShares(Snapshot snapshot, int[] order) {
        List<SnapshotJob> jobs = snapshot.jobs();
        double[] millicores = new double[jobs.size()];
        double left = snapshot.budget();
        int open = order.length;
        boolean filled = true;
        while (filled && open > 0) {
            filled = false;
            double share = left / open;
            for (int job : order) {
                double limit = jobs.get(job).limit();
                if (millicores[job] == 0 && limit < share) {
                    millicores[job] = limit;
                    left -= limit;
                    open--;
                    filled = true;
                }
            }
        }
        double share = open == 0 ? 0 : Math.max(0, left / open);
        for (int job : order) {
            if (millicores[job] == 0) {
                millicores[job] = share;
            }
        }
        return millicores;
    }
}
