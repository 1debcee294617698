package io.framequota.scheduler.simulator;

import io.framequota.scheduler.dispatch.JobDescriptor;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/** Classes of jobs with Poisson arrivals, and exact values for all of them together. */
record PoissonLoad(List<JobClass> classes) {
    /** One class of jobs. */
    record JobClass(double rate, SizeDistribution sizes, int parallelism, Map<String, String> labels) {}

    static PoissonLoad of(double rate, SizeDistribution sizes) {
        return new PoissonLoad(List.of(new JobClass(rate, sizes, JobDescriptor.UNLIMITED, Map.of())));
    }

    double rate() {
        return sum(JobClass::rate);
    }

    /** Arriving work per second. */
    double offered() {
        return sum(c -> c.rate() * c.sizes().mean());
    }

    /** Second moment of a job's size. */
    double meanSquare() {
        return sum(c -> c.rate() * meanSquare(c.sizes())) / rate();
    }

    /** The class of a job. */
    int classOf(JobOutcome job) {
        return (int) (job.id() % classes.size());
    }

    /** A workload with so many jobs. */
    Workload workload(int count) {
        return classes.size() == 1
                ? Workload.poisson(rate(), classes.getFirst().sizes(), count)
                : new Mixed(this, count);
    }

    private double sum(ToDoubleFunction<JobClass> of) {
        return classes.stream().mapToDouble(of).sum();
    }

    private static double meanSquare(SizeDistribution sizes) {
        return switch (sizes) {
            case SizeDistribution.Exponential(double mean) -> 2 * mean * mean;
            case SizeDistribution.Uniform(double a, double b) -> (a * a + a * b + b * b) / 3;
            case SizeDistribution.Constant(double size) -> size * size;
            case SizeDistribution.Pareto ignored -> throw new IllegalArgumentException("Pareto sizes may have none");
        };
    }

    private record Mixed(PoissonLoad load, int count) implements Workload {
        @Override
        public Iterator<Arrival> stream(long seed) {
            SplittableRandom random = new SplittableRandom(seed);
            double rate = load.rate();
            return new Iterator<>() {
                private int made;
                private double now;

                @Override
                public boolean hasNext() {
                    return made < count;
                }

                @Override
                public Arrival next() {
                    now -= StrictMath.log(1 - random.nextDouble()) / rate;
                    double pick = random.nextDouble() * rate;
                    int number = 0;
                    while (number < load.classes.size() - 1 && pick >= load.classes.get(number).rate) {
                        pick -= load.classes.get(number++).rate;
                    }
                    JobClass kind = load.classes.get(number);
                    long id = (long) ++made * load.classes.size() + number;
                    return new Arrival(id, now, kind.sizes.sample(random), kind.labels, kind.parallelism);
                }
            };
        }

        @Override
        public int leastParallelism() {
            return load.classes.stream().mapToInt(JobClass::parallelism).min().orElseThrow();
        }
    }
}
