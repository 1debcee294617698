package io.framequota.scheduler.policy.builtin;

import io.framequota.scheduler.policy.Speedup;
import java.util.Arrays;

/**
 * The costs a_k of the optimal schedule. With jobs numbered from the largest, the least sum of response times is
 * {@code sum_k a_k x_k} for all sizes {@code x_1 >= x_2 >= ...}. Each cost follows from the previous ones:
 *
 * <p>{@code a_k = min over theta >= 0, sum theta = N of (k - sum_{i<k} a_i s(theta_i)) / s(theta_k)}
 *
 * <p>This is the Hamilton-Jacobi-Bellman equation with a value that is linear in the sizes; for s = k^p it gives
 * heSRPT. The minimizing theta is the optimal share of each job while k jobs are left. Equivalently, a_k is the value
 * for which {@code max_theta sum_{i<=k} a_i s(theta_i)} equals k. The maximum is a water-filling with a price per core;
 * a_k is found by Newton's method, whose step is the fraction above (Dinkelbach). Immutable.
 */
final class OptimalCosts {
    private static final int STEPS = 200;

    private final Speedup speedup;
    private final int cores;
    /** a_k at index k - 1. */
    private final double[] costs;

    private OptimalCosts(Speedup speedup, int cores, double[] costs) {
        this.speedup = speedup;
        this.cores = cores;
        this.costs = costs;
    }

    static OptimalCosts none() {
        return new OptimalCosts(Speedup.LINEAR, 0, new double[0]);
    }

    /** Computes the costs of {@code jobs} jobs on {@code cores} cores. */
    static OptimalCosts of(Speedup speedup, int cores, int jobs) {
        return none().extended(speedup, cores, jobs);
    }

    boolean hold(Speedup asked, int askedCores, int jobs) {
        return cores == askedCores && costs.length >= jobs && speedup.equals(asked);
    }

    /**
     * Extends these costs to at least {@code jobs} jobs; starts again if the speedup or the number of cores differs.
     */
    OptimalCosts extended(Speedup asked, int askedCores, int jobs) {
        boolean same = cores == askedCores && speedup.equals(asked);
        int known = same ? costs.length : 0;
        double[] all = Arrays.copyOf(costs, Math.max(jobs, 2 * known));
        for (int k = known; k < all.length; k++) {
            all[k] = next(asked, askedCores, all, k);
        }
        return new OptimalCosts(asked, askedCores, all);
    }

    /** a_k, k from 1. */
    double cost(int k) {
        return costs[k - 1];
    }

    /**
     * Cores of each job while {@code jobs} are left, smallest job first. Jobs beyond the end of the array get nothing.
     */
    double[] shares(int jobs) {
        return fill(speedup, cores, costs, jobs);
    }

    private static double next(Speedup speedup, int cores, double[] a, int index) {
        // Newton's method on a convex, increasing function: after the first step, it decreases to the root.
        double cost = index >= 2 ? 2 * a[index - 1] - a[index - 2] : (index + 1) / speedup.at(cores);
        for (int step = 0; step < STEPS; step++) {
            a[index] = cost;
            double[] theta = fill(speedup, cores, a, index + 1);
            double others = 0;
            for (int i = 1; i < theta.length; i++) {
                others += a[index - i] * speedup.at(theta[i]);
            }
            double better = (index + 1 - others) / speedup.at(theta[0]);
            if (Math.abs(better - cost) <= 1e-14 * cost) {
                break;
            }
            cost = better;
        }
        return cost;
    }

    /**
     * The cores theta_i that maximize {@code sum a_i s(theta_i)} over the first {@code jobs} costs, last cost first.
     */
    private static double[] fill(Speedup speedup, int cores, double[] a, int jobs) {
        double low = 0;
        double high = a[jobs - 1];
        while (demand(speedup, cores, a, jobs, high) > cores) {
            low = high;
            high *= 2;
        }
        for (int step = 0; step < STEPS && high - low > 1e-16 * high; step++) {
            double price = (low + high) / 2;
            if (price <= low || price >= high) {
                break;
            }
            if (demand(speedup, cores, a, jobs, price) > cores) {
                low = price;
            } else {
                high = price;
            }
        }
        return atPrice(speedup, cores, a, jobs, low, high);
    }

    private static double demand(Speedup speedup, int cores, double[] a, int jobs, double price) {
        double sum = 0;
        for (int i = jobs - 1; i >= 0 && sum <= cores; i--) {
            double one = speedup.coresWorth(price / a[i]);
            if (one == 0) {
                // Jobs with smaller costs buy nothing either.
                break;
            }
            sum += one;
        }
        return sum;
    }

    /**
     * The cores bought at the high price. Where the speedup is linear, further cores are worth the same to several
     * jobs; they go to the smallest job.
     */
    private static double[] atPrice(Speedup speedup, int cores, double[] a, int jobs, double low, double high) {
        double left = cores;
        int bought = 0;
        double[] theta = new double[Math.min(jobs, 16)];
        for (int i = 0; i < jobs; i++) {
            double one = speedup.coresWorth(high / a[jobs - 1 - i]);
            double most = low <= 0 ? Double.POSITIVE_INFINITY : speedup.coresWorth(low / a[jobs - 1 - i]);
            if (most == 0) {
                break;
            }
            if (i == theta.length) {
                theta = Arrays.copyOf(theta, Math.min(jobs, 2 * i));
            }
            theta[i] = Math.min(one, left);
            left -= theta[i];
            bought = i + 1;
        }
        for (int i = 0; i < bought && left > 0; i++) {
            double most = low <= 0 ? Double.POSITIVE_INFINITY : speedup.coresWorth(low / a[jobs - 1 - i]);
            double more = Math.max(0, Math.min(left, most - theta[i]));
            theta[i] += more;
            left -= more;
        }
        return Arrays.copyOf(theta, bought);
    }
}
