package io.framequota.scheduler.policy;

import java.util.Arrays;
import java.util.List;

/** Ways to pour millicores into jobs that can use a limited number each. All answer what is left over. */
final class Filling {
    /**
     * Equal shares for {@code order[from..to)}; what a job cannot use is divided among the others (water-filling).
     *
     * @param amount millicores to divide
     * @param into shares by position, written
     */
    static double equally(Snapshot snapshot, int[] order, int from, int to, double amount, double[] into) {
        List<SnapshotJob> jobs = snapshot.jobs();
        double level = level(jobs, order, from, to, amount);
        double left = amount;
        for (int i = from; i < to; i++) {
            double share = Math.min(level, jobs.get(order[i]).limit());
            into[order[i]] = share;
            left -= share;
        }
        return Math.max(0, left);
    }

    private static double level(List<SnapshotJob> jobs, int[] order, int from, int to, double amount) {
        int open = to - from;
        double equal = amount / open;
        int limited = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int i = from; i < to; i++) {
            double limit = jobs.get(order[i]).limit();
            limited += limit < Double.POSITIVE_INFINITY ? 1 : 0;
            least = Math.min(least, limit);
        }
        if (least >= equal) {
            return equal;
        }
        double[] limits = new double[limited];
        for (int i = from; i < to; i++) {
            double limit = jobs.get(order[i]).limit();
            if (limit < Double.POSITIVE_INFINITY) {
                limits[--limited] = limit;
            }
        }
        Arrays.sort(limits);
        double left = amount;
        for (double limit : limits) {
            if (limit * open >= left) {
                return Math.max(0, left / open);
            }
            left -= limit;
            open--;
        }
        return open == 0 ? Double.POSITIVE_INFINITY : Math.max(0, left / open);
    }

    /** Everything that each can use, but no more than {@code most}, in order. */
    static double inOrder(Snapshot snapshot, int[] order, double most, double amount, double[] into) {
        double left = amount;
        for (int i = 0; i < order.length && left > 0; i++) {
            double share =
                    Math.min(left, Math.min(most, snapshot.jobs().get(order[i]).limit()));
            into[order[i]] = share;
            left -= share;
        }
        return left;
    }

    /** More for those that can use more than they have, in order. */
    static void topUp(Snapshot snapshot, int[] order, double amount, double[] into) {
        double left = amount;
        for (int i = 0; i < order.length && left > 0; i++) {
            double more = Math.min(left, snapshot.jobs().get(order[i]).limit() - into[order[i]]);
            into[order[i]] += more;
            left -= more;
        }
    }

    private Filling() {}
}
