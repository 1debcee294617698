package io.framequota.scheduler.policy.builtin;

import io.framequota.scheduler.policy.SnapshotJob;

/**
 * Sizes with an artificial log-normal error. The error of a job follows from its position in the order of submission,
 * so equal snapshots have equal errors and the policy stays a function.
 */
final class SizeEstimates {
    private static final int STEPS = 1 << 12;
    /**
     * The two factors of the Box-Muller transform (1958), tabulated at the middle of each step to avoid log and cos per
     * job.
     */
    private static final double[] RADIUS = new double[STEPS];

    private static final double[] COSINE = new double[STEPS];

    static {
        for (int i = 0; i < STEPS; i++) {
            double u = (i + 0.5) / STEPS;
            RADIUS[i] = Math.sqrt(-2 * Math.log(u));
            COSINE[i] = Math.cos(2 * Math.PI * u);
        }
    }

    private final double error;
    private final long seed;

    /**
     * @param error standard deviation of log(estimate / truth); 0.3 is typically off by a third
     * @param seed of the errors
     */
    SizeEstimates(double error, long seed) {
        this.error = error;
        this.seed = seed;
    }

    /** The estimated total work of a job, in core-seconds; infinite if its size is unknown. */
    double size(SnapshotJob job) {
        if (job.sizeS() < 0) {
            return Double.POSITIVE_INFINITY;
        }
        return error == 0 ? job.sizeS() : job.sizeS() * Math.exp(error * normal(job));
    }

    /** The estimated work left, at least 0 core-seconds. */
    double remaining(SnapshotJob job) {
        return Math.max(0, size(job) - job.attainedS());
    }

    private double normal(SnapshotJob job) {
        long bits = mix(seed * 0x9E3779B97F4A7C15L + job.arrival());
        return RADIUS[(int) (bits >>> 52)] * COSINE[(int) bits & STEPS - 1];
    }

    /** The finaliser of SplitMix64 (Steele, Lea, Flood 2014). */
    private static long mix(long z) {
        long x = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        x = (x ^ x >>> 27) * 0x94D049BB133111EBL;
        return x ^ x >>> 31;
    }
}
