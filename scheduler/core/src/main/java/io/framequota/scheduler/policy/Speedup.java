package io.framequota.scheduler.policy;

import java.util.List;

/**
 * How much faster one job runs on more cores: {@link #at} is its speed on k cores, 1 on one core. Non-decreasing; concave
 * but for measured curves that are not.
 */
public sealed interface Speedup {
    /** Every core counts in full. */
    Speedup LINEAR = new Linear();

    /** Speed on this many cores, at least 0; fractions are quotas. */
    double at(double cores);

    /**
     * The most cores of which each is worth at least {@code slope} in speed: the largest k that maximises
     * {@code at(k) - slope * k}. 0 when none is, infinite when all are.
     *
     * @param slope above 0
     */
    double coresWorth(double slope);

    /** Cores beyond which nothing is gained; infinite when more always help. */
    default double limit() {
        return Double.POSITIVE_INFINITY;
    }

    /** k. */
    record Linear() implements Speedup {
        @Override
        public double at(double cores) {
            return cores;
        }

        @Override
        public double coresWorth(double slope) {
            return slope <= 1 ? Double.POSITIVE_INFINITY : 0;
        }
    }

    /** min(k, threads): a job of so many threads. */
    record Capped(double threads) implements Speedup {
        public Capped {
            require(threads > 0 && threads < Double.POSITIVE_INFINITY, "capped at " + threads, "a number above 0");
        }

        @Override
        public double at(double cores) {
            return Math.min(cores, threads);
        }

        @Override
        public double coresWorth(double slope) {
            return slope <= 1 ? threads : 0;
        }

        @Override
        public double limit() {
            return threads;
        }
    }

    /** k^p everywhere, the theory's form. Below one core no quota gives that: for simulation only. */
    record Power(double p) implements Speedup {
        public Power {
            require(p > 0 && p <= 1, "power " + p, "a number above 0, at most 1");
        }

        @Override
        public double at(double cores) {
            return Math.pow(cores, p);
        }

        @Override
        public double coresWorth(double slope) {
            return p == 1 ? LINEAR.coresWorth(slope) : Math.pow(slope / p, 1 / (p - 1));
        }
    }

    /** Amdahl's law for the parallel fraction f; below one core linear, as a quota is. */
    record Amdahl(double fraction) implements Speedup {
        public Amdahl {
            require(fraction >= 0 && fraction <= 1, "amdahl " + fraction, "a number from 0 to 1");
        }

        @Override
        public double at(double cores) {
            return cores <= 1 ? cores : 1 / (1 - fraction + fraction / cores);
        }

        @Override
        public double coresWorth(double slope) {
            if (slope > fraction) {
                return slope <= 1 ? 1 : 0;
            }
            return fraction == 1 ? Double.POSITIVE_INFINITY : (Math.sqrt(fraction / slope) - fraction) / (1 - fraction);
        }

        @Override
        public double limit() {
            return fraction == 0 ? 1 : Double.POSITIVE_INFINITY;
        }
    }

    /** A measured point. */
    record Point(double cores, double speed) {}

    /** Straight lines between measured points, linear below one core, level after the last point. */
    record Curve(List<Point> points) implements Speedup {
        public Curve {
            require(!points.isEmpty(), "a curve without points", "at least one point");
            double cores = 0;
            double speed = 0;
            for (Point point : points) {
                require(
                        point.cores > cores && point.speed >= speed && point.speed > 0 && finite(point),
                        "the point (" + point.cores + " cores, speed " + point.speed + ")",
                        "points with growing cores and speeds that do not fall, above 0");
                cores = point.cores;
                speed = point.speed;
            }
            points = List.copyOf(points);
        }

        private static boolean finite(Point point) {
            return point.cores < Double.POSITIVE_INFINITY && point.speed < Double.POSITIVE_INFINITY;
        }

        @Override
        public double at(double cores) {
            // Where nothing is measured up to one core, one core is speed 1.
            double fromCores = points.getFirst().cores > 1 ? 1 : 0;
            double fromSpeed = fromCores;
            if (cores <= fromCores) {
                return cores;
            }
            for (Point to : points) {
                if (cores <= to.cores) {
                    return fromSpeed + (to.speed - fromSpeed) * (cores - fromCores) / (to.cores - fromCores);
                }
                fromCores = to.cores;
                fromSpeed = to.speed;
            }
            return fromSpeed;
        }

        @Override
        public double coresWorth(double slope) {
            double best = 0;
            double value = 0;
            if (points.getFirst().cores > 1 && slope <= 1) {
                best = 1;
                value = 1 - slope;
            }
            for (Point point : points) {
                double gain = point.speed - slope * point.cores;
                if (gain >= value) {
                    best = point.cores;
                    value = gain;
                }
            }
            return best;
        }

        @Override
        public double limit() {
            return points.getLast().cores;
        }
    }

    private static void require(boolean condition, String what, String allowed) {
        if (!condition) {
            throw new InvalidPolicyException("a speedup of " + what + " is not possible; allowed: " + allowed);
        }
    }
}
