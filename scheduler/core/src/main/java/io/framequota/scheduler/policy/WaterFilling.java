package io.framequota.scheduler.policy;

import java.util.Arrays;

/** Ways to pour millicores into jobs that can use a limited number each. All answer what is left over. */
final class WaterFilling {
    /**
     * Equal shares for {@code order[from..to)}; what a job cannot use is divided among the others (water-filling).
     *
     * @param amount millicores to divide
     * @param into shares by position, written
     */
    static double equally(Snapshot snapshot, int[] order, int from, int to, double amount, double[] into) {
        // Jobs lie anywhere in memory: each is looked at once.
        double[] limits = new double[to - from];
        for (int i = from; i < to; i++) {
            limits[i - from] = snapshot.jobs().get(order[i]).limit();
        }
        return equally(limits, 0, order, from, to, amount, into);
    }

    /** The same with the jobs' limits known: that of {@code order[from]} is {@code limits[first]}. */
    static double equally(double[] limits, int first, int[] order, int from, int to, double amount, double[] into) {
        double level = level(limits, first, to - from, amount);
        double left = amount;
        for (int i = from; i < to; i++) {
            double share = Math.min(level, limits[first + i - from]);
            into[order[i]] = share;
            left -= share;
        }
        return Math.max(0, left);
    }

    private static double level(double[] limits, int first, int jobs, double amount) {
        double equal = amount / jobs;
        int limited = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int i = first; i < first + jobs; i++) {
            limited += limits[i] < Double.POSITIVE_INFINITY ? 1 : 0;
            least = Math.min(least, limits[i]);
        }
        if (least >= equal) {
            return equal;
        }
        double[] rising = new double[limited];
        for (int i = first; i < first + jobs; i++) {
            if (limits[i] < Double.POSITIVE_INFINITY) {
                rising[--limited] = limits[i];
            }
        }
        Arrays.sort(rising);
        int open = jobs;
        double left = amount;
        for (double limit : rising) {
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

    private WaterFilling() {}
}
