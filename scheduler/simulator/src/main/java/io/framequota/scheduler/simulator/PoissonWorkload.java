package io.framequota.scheduler.simulator;

import java.util.Iterator;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Poisson arrivals. Arrivals and sizes use two random streams of one seed, so another size distribution does not change
 * arrival times.
 */
record PoissonWorkload(double rate, SizeDistribution sizes, int count) implements Workload {
    PoissonWorkload {
        if (!(rate > 0) || Double.isInfinite(rate)) {
            throw new ScenarioException("a rate of " + rate + " jobs a second; a number above 0 is allowed");
        }
        if (count < 1) {
            throw new ScenarioException("a count of " + count + " jobs; a whole number of at least 1 is allowed");
        }
    }

    @Override
    public Iterator<Arrival> stream(long seed) {
        SplittableRandom arrivals = new SplittableRandom(seed);
        SplittableRandom lengths = arrivals.split();
        return new Iterator<>() {
            private long next = 1;
            private double now;

            @Override
            public boolean hasNext() {
                return next <= count;
            }

            @Override
            public Arrival next() {
                now -= StrictMath.log(1 - arrivals.nextDouble()) / rate;
                return new Arrival(next++, now, Math.max(sizes.sample(lengths), Double.MIN_NORMAL), Map.of());
            }
        };
    }
}
