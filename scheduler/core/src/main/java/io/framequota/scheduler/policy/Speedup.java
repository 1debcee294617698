package io.framequota.scheduler.policy;

import java.util.List;

/**
 * How much faster one job runs on more cores. {@link #at} is its speed on k cores relative to one core. The function
 * does not decrease. It is concave except for measured curves that are not.
 */
public sealed interface Speedup {
    /** Every core adds the same speed. */
    Speedup LINEAR = new Linear();

    /** Speed on so many cores, at least 0. A fraction of a core is a quota. */
    double at(double cores);

    /**
     * The number of cores to buy if one core costs {@code slope}: the largest k that maximizes
     * {@code at(k) - slope * k}. 0 if no core is worth its price, infinite if every core is.
     *
     * @param slope above 0
     */
    double coresWorth(double slope);

    /** Cores beyond which the job gets no faster; infinite if more cores always help. */
    default double limit() {
        return Double.POSITIVE_INFINITY;
    }

    /** Speed k on k cores. */
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

    /** min(k, threads): a job with so many threads. */
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

    /** k^p, as theory assumes. No quota gives this speed below one core, so it is for simulation only. */
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

    /** Amdahl's law with the parallel fraction f; linear below one core, as quotas are. */
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

    /** Linear interpolation between measured points; linear below one core and constant after the last point. */
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
            // If the first point is above one core, one core has speed 1.
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
