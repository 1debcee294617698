package io.framequota.scheduler.policy.builtin;

import io.framequota.scheduler.policy.Snapshot;
import io.framequota.scheduler.policy.WidthExplanation;
import java.util.stream.IntStream;

/**
 * Predicts the mean response of the present requests if they are served m at a time, shortest first, on c/m cores each.
 *
 * <p>At speed v the sum of responses is {@code sum_j x_(j) ceil((n-j+1)/m) / v} with sizes ascending. Cores that a
 * request cannot use go to the next one, so requests that use u &lt; c/m cores are served c/u at a time. Between two
 * whole numbers the sum is interpolated. The prediction assumes that a request's limit does not depend on its size.
 */
final class WidthPredictor {
    /**
     * Limits are rounded up to this fraction of a core, so that the time does not grow with the number of distinct
     * limits.
     */
    private static final int STEPS = 8;

    /**
     * Above this load the cost continues along its tangent, because the estimated load may be too high for every width.
     */
    private static final double HIGH_LOAD = 0.9;

    private final Snapshot snapshot;
    /** {@code work[k]}: the work of the k shortest requests, in core-seconds. */
    private final double[] work;
    /** Core-seconds that arrive per second. */
    private final double offered;

    /** The distinct limits of requests, in cores. */
    private final double[] limits;
    /** {@code byLimit[i]}: the work of the requests with this limit. */
    private final double[] byLimit;

    WidthPredictor(Snapshot snapshot, int[] order, double[] remaining, double offered) {
        this.snapshot = snapshot;
        this.offered = offered;
        double[] bySteps = new double[STEPS * snapshot.cores() + 1];
        work = new double[order.length + 1];
        for (int k = 0; k < order.length; k++) {
            work[k + 1] = work[k] + remaining[k];
            double cores = snapshot.jobs().get(order[k]).limit() / snapshot.core();
            bySteps[cores >= snapshot.cores() ? bySteps.length - 1 : (int) Math.ceil(STEPS * cores)] += remaining[k];
        }
        // Every width is predicted from these, so only those that occur are kept.
        int[] steps = IntStream.range(1, bySteps.length)
                .filter(step -> bySteps[step] > 0)
                .toArray();
        limits = new double[steps.length];
        byLimit = new double[steps.length];
        for (int i = 0; i < steps.length; i++) {
            limits[i] = (double) steps[i] / STEPS;
            byLimit[i] = bySteps[steps[i]];
        }
    }

    /** The value to minimize: the mean response, increased by the waiting that future requests will have. */
    static double cost(WidthExplanation.Option option) {
        double room = 1 - HIGH_LOAD;
        double load = option.load();
        return option.meanS() * (load < HIGH_LOAD ? 1 / (1 - load) : (1 + (load - HIGH_LOAD) / room) / room);
    }

    /** Predicts one width. */
    WidthExplanation.Option option(int atATime) {
        double each = (double) snapshot.cores() / atATime;
        double seconds = 0;
        double coreSeconds = 0;
        for (int i = 0; i < limits.length; i++) {
            double cores = Math.min(each, limits[i]);
            double needed = byLimit[i] / snapshot.speedup().at(cores);
            seconds += needed;
            coreSeconds += needed * cores;
        }
        int n = work.length - 1;
        double perWork = seconds > 0 ? seconds / work[n] : 0;
        // The mean cores that a request uses while it is served. The tolerance keeps rounding errors from changing the
        // lanes.
        double held = seconds > 0 ? coreSeconds / seconds : each;
        double lanes = held > each * (1 - 1e-9) ? atATime : snapshot.cores() / held;
        double sum = sum(lanes) * perWork;
        return new WidthExplanation.Option(atATime, each, sum / n, offered * perWork / lanes);
    }

    private double sum(double lanes) {
        int whole = (int) lanes;
        double part = lanes - whole;
        return part == 0 ? sum(whole) : (1 - part) * sum(whole) + part * sum(whole + 1);
    }

    private double sum(int lanes) {
        double sum = 0;
        for (int k = work.length - 1; k > 0; k -= lanes) {
            sum += work[k];
        }
        return sum;
    }
}
