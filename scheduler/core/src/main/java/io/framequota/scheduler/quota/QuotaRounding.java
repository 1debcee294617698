package io.framequota.scheduler.quota;

import java.util.Arrays;

/**
 * From exact shares to quotas that the kernel enforces as asked: multiples of 10m, by largest remainder (Kubernetes and
 * systemd round quotas below or between them).
 */
public final class QuotaRounding {
    /** The smallest quota, and the step between quotas, in millicores. */
    public static final int STEP = 10;

    private QuotaRounding() {}

    /**
     * Quotas of containers.
     *
     * @param millicores quota of each, a multiple of {@link #STEP}; 0 for what neither runs nor is placed
     * @param runnable whether each has a share of its own; else its quota, if it has one, is the 10m of a parked one
     */
    public record Quotas(int[] millicores, boolean[] runnable) {
        /** Quotas of the runnable ones together: never above the budget. */
        public int runnableTotal() {
            int sum = 0;
            for (int i = 0; i < millicores.length; i++) {
                sum += runnable[i] ? millicores[i] : 0;
            }
            return sum;
        }
    }

    /**
     * Rounds shares.
     *
     * @param shares exact millicores, at least 0
     * @param placed whether each has a container; one without a share, or whose share rounds to nothing, is parked at 10m
     * @param budget millicores that the runnable ones may have together
     */
    public static Quotas round(double[] shares, boolean[] placed, double budget) {
        int n = shares.length;
        int[] steps = new int[n];
        double total = 0;
        int given = 0;
        for (int i = 0; i < n; i++) {
            total += shares[i];
            steps[i] = (int) floor(shares[i]);
            given += steps[i];
        }
        int left = (int) Math.min(floor(budget), floor(total)) - given;
        if (left > 0) {
            giveByRemainder(shares, steps, left);
        }
        for (int i = n - 1; i >= 0 && left < 0; i--) {
            // Only shares that together exceed the budget come here: the last ones pay.
            int taken = Math.min(steps[i], -left);
            steps[i] -= taken;
            left += taken;
        }
        int[] millicores = new int[n];
        boolean[] runnable = new boolean[n];
        for (int i = 0; i < n; i++) {
            runnable[i] = steps[i] > 0;
            millicores[i] = runnable[i] ? steps[i] * STEP : placed[i] ? STEP : 0;
        }
        return new Quotas(millicores, runnable);
    }

    private static void giveByRemainder(double[] shares, int[] steps, int count) {
        Integer[] order = new Integer[shares.length];
        Arrays.setAll(order, i -> i);
        // Largest remainder first; the sort is stable, so ties go to those that come first.
        Arrays.sort(order, (a, b) -> Double.compare(shares[b] / STEP - steps[b], shares[a] / STEP - steps[a]));
        for (int i = 0; i < count; i++) {
            steps[order[i]]++;
        }
    }

    /** Whole steps in millicores; a share that is a rounding error below one counts as one. */
    private static double floor(double millicores) {
        return Math.floor(millicores / STEP + 1e-9);
    }
}
