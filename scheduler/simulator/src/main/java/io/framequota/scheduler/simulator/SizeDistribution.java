package io.framequota.scheduler.simulator;

import java.util.random.RandomGenerator;

/** The distribution of job sizes in CPU seconds on one core. */
public sealed interface SizeDistribution {
    /** The next size. The same state of the generator gives the same size on every machine. */
    double sample(RandomGenerator random);

    /** The mean size; infinite if there is none. */
    double mean();

    /** Exponential sizes. */
    record Exponential(double mean) implements SizeDistribution {
        public Exponential {
            above0("the mean of exponential sizes", mean);
        }

        @Override
        public double sample(RandomGenerator random) {
            return -mean * StrictMath.log(1 - random.nextDouble());
        }
    }

    /** Uniformly distributed sizes between two bounds. */
    record Uniform(double least, double most) implements SizeDistribution {
        public Uniform {
            if (!(least >= 0 && most > least && most < Double.POSITIVE_INFINITY)) {
                throw new ScenarioException("uniform sizes from " + least + " to " + most
                        + " are not possible; two numbers a and b with 0 <= a < b are allowed");
            }
        }

        @Override
        public double sample(RandomGenerator random) {
            return least + (most - least) * (1 - random.nextDouble());
        }

        @Override
        public double mean() {
            return (least + most) / 2;
        }
    }

    /** Equal sizes. */
    record Constant(double size) implements SizeDistribution {
        public Constant {
            above0("a constant size", size);
        }

        @Override
        public double sample(RandomGenerator random) {
            return size;
        }

        @Override
        public double mean() {
            return size;
        }
    }

    /** Heavy-tailed sizes: P(X > x) = (min/x)^alpha. */
    record Pareto(double alpha, double min) implements SizeDistribution {
        public Pareto {
            above0("alpha of Pareto sizes", alpha);
            above0("min of Pareto sizes", min);
        }

        @Override
        public double sample(RandomGenerator random) {
            return min * StrictMath.pow(1 - random.nextDouble(), -1 / alpha);
        }

        @Override
        public double mean() {
            return alpha > 1 ? alpha * min / (alpha - 1) : Double.POSITIVE_INFINITY;
        }
    }

    private static void above0(String what, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new ScenarioException(what + " cannot be " + value + "; a number above 0 is allowed");
        }
    }
}
