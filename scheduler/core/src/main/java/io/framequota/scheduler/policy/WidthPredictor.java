package io.framequota.scheduler.policy;

/**
 * Predicts the mean response of the requests that are there, m at a time and shortest first on c/m cores each.
 *
 * <p>On speed v the sum of responses is {@code sum_j x_(j) ceil((n-j+1)/m) / v} with sizes ascending. What a request cannot
 * use goes to the next one, so requests that use u &lt; c/m cores are served c/u at a time; between two whole numbers the
 * sum is interpolated, which is exact for two equal ones. Requests that can use more and such that can use less are taken for
 * mixed evenly over sizes.
 */
final class WidthPredictor {
    /** Limits are told apart by this fraction of a core, so that as many as there are jobs cost no time. */
    private static final int STEPS = 8;

    private final Snapshot snapshot;
    /** Work of the k shortest. */
    private final double[] work;
    /** Core-seconds that arrive in a second. */
    private final double offered;

    /** Work of the requests that can use up to i/{@link #STEPS} cores. */
    private final double[] byLimit;

    WidthPredictor(Snapshot snapshot, int[] order, double[] remaining, double offered) {
        this.snapshot = snapshot;
        this.offered = offered;
        byLimit = new double[STEPS * snapshot.cores() + 1];
        work = new double[order.length + 1];
        for (int k = 0; k < order.length; k++) {
            work[k + 1] = work[k] + remaining[k];
            double cores = snapshot.jobs().get(order[k]).limit() / snapshot.core();
            byLimit[cores >= snapshot.cores() ? byLimit.length - 1 : (int) Math.ceil(STEPS * cores)] += remaining[k];
        }
    }

    /** What comes of so many at a time. */
    WidthExplanation.Option option(int atATime) {
        double each = (double) snapshot.cores() / atATime;
        double seconds = 0;
        double coreSeconds = 0;
        for (int limit = 1; limit < byLimit.length; limit++) {
            if (byLimit[limit] > 0) {
                double cores = Math.min(each, (double) limit / STEPS);
                double needed = byLimit[limit] / snapshot.speedup().at(cores);
                seconds += needed;
                coreSeconds += needed * cores;
            }
        }
        int n = work.length - 1;
        double perWork = seconds > 0 ? seconds / work[n] : 0;
        // Cores that a request holds while it is served; rounding must not make a lane more or less of it.
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
