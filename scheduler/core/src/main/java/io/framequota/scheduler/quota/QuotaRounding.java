package io.framequota.scheduler.quota;

import java.util.Arrays;

/**
 * Rounds exact shares to multiples of 10 millicores by largest remainder. The kernel enforces these exactly, while
 * Kubernetes and systemd round other quotas.
 */
public final class QuotaRounding {
    /** The smallest quota, and the step between quotas, in millicores. */
    public static final int STEP = 10;

    private QuotaRounding() {}

    /**
     * Quotas of containers.
     *
     * @param millicores quota of each container, a multiple of {@link #STEP}; 0 if it neither runs nor is placed
     * @param runnable whether the container has a share; if not, its quota, if any, is the 10m of a parked container
     */
    public record Quotas(int[] millicores, boolean[] runnable) {}

    /**
     * Rounds shares.
     *
     * @param shares exact millicores, at least 0
     * @param placed whether each share has a container; a container whose share is 0 or rounds to 0 is parked at 10m
     * @param budget millicores that the runnable containers may have together
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
            // The shares exceed the budget: reduce the last ones.
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
        // Largest remainder first. The sort is stable, so ties go to the earlier shares.
        Arrays.sort(order, (a, b) -> Double.compare(shares[b] / STEP - steps[b], shares[a] / STEP - steps[a]));
        for (int i = 0; i < count; i++) {
            steps[order[i]]++;
        }
    }

    /** Whole steps in so many millicores. A value that is below a step only by a rounding error counts as that step. */
    private static double floor(double millicores) {
        return Math.floor(millicores / STEP + 1e-9);
    }
}
