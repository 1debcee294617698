package io.framequota.scheduler.policy;

import java.util.Arrays;

/**
 * Divides millicores among jobs with limits. Jobs are given as positions of {@link Snapshot#jobs()}; shares are written
 * to {@code into} by position.
 */
public final class WaterFilling {
    /**
     * Gives equal shares to the jobs of {@code order[from..to)}. What a job cannot use is divided among the others
     * (water-filling).
     *
     * @param amount millicores to divide
     * @return millicores that no job could use
     */
    public static double equally(Snapshot snapshot, int[] order, int from, int to, double amount, double[] into) {
        // Jobs are scattered in memory: read each one once.
        double[] limits = new double[to - from];
        for (int i = from; i < to; i++) {
            limits[i - from] = snapshot.jobs().get(order[i]).limit();
        }
        return equally(limits, 0, order, from, to, amount, into);
    }

    /** The same with known limits: the limit of {@code order[from]} is {@code limits[first]}. */
    public static double equally(
            double[] limits, int first, int[] order, int from, int to, double amount, double[] into) {
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

    /** Gives each job in turn as much as it can use, until the snapshot's budget is used up. */
    public static void inOrder(Snapshot snapshot, int[] order, double[] into) {
        inOrder(snapshot, order, Double.POSITIVE_INFINITY, snapshot.budget(), into);
    }

    /**
     * Gives each job in turn as much as it can use, but at most {@code most}, until the amount is used up.
     *
     * @return millicores that are left
     */
    public static double inOrder(Snapshot snapshot, int[] order, double most, double amount, double[] into) {
        double left = amount;
        for (int i = 0; i < order.length && left > 0; i++) {
            double share =
                    Math.min(left, Math.min(most, snapshot.jobs().get(order[i]).limit()));
            into[order[i]] = share;
            left -= share;
        }
        return left;
    }

    /** Raises each share in turn to the job's limit, until the amount is used up. */
    public static void topUp(Snapshot snapshot, int[] order, double amount, double[] into) {
        double left = amount;
        for (int i = 0; i < order.length && left > 0; i++) {
            double more = Math.min(left, snapshot.jobs().get(order[i]).limit() - into[order[i]]);
            into[order[i]] += more;
            left -= more;
        }
    }

    private WaterFilling() {}
}
