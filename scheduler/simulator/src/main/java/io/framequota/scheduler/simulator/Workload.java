package io.framequota.scheduler.simulator;

import io.framequota.scheduler.dispatch.JobDescriptor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** The jobs of a run and their arrival times. */
public interface Workload {
    /** The jobs in order of arrival. They are generated one by one, so that a million jobs need no memory. */
    Iterator<Arrival> stream(long seed);

    /** Number of jobs. */
    int count();

    /** The least {@link Arrival#parallelism()} of any job. */
    default int leastParallelism() {
        return JobDescriptor.UNLIMITED;
    }

    /** The live streams beside the jobs, which hold reservations while they are open. */
    default List<SimulatedStream> streams() {
        return List.of();
    }

    /** The same jobs beside these live streams. */
    default Workload beside(List<SimulatedStream> live) {
        return live.isEmpty() ? this : new WorkloadWithStreams(this, live);
    }

    /** The same jobs, all with these labels. */
    default Workload labelled(Map<String, String> labels) {
        return labels.isEmpty() ? this : new MappedWorkload(this, a -> a.labelled(labels));
    }

    /** The same jobs with other sizes, in CPU seconds at one core. */
    default Workload resized(ToDoubleFunction<Arrival> sizeS) {
        return new MappedWorkload(this, a -> a.resized(sizeS.applyAsDouble(a)));
    }

    /** The first jobs, at least one. */
    default Workload first(int jobs) {
        return jobs >= count() ? this : new LimitedWorkload(this, jobs);
    }

    /**
     * The jobs of several workloads, each with its own seed. They get new ids in order of arrival; for equal times the
     * earlier workload comes first.
     *
     * @throws ScenarioException if there are no workloads
     */
    static Workload merged(List<Workload> parts) {
        return parts.size() == 1 ? parts.getFirst() : new MergedWorkload(parts);
    }

    /** All jobs in order of arrival. */
    default List<Arrival> arrivals(long seed) {
        List<Arrival> all = new ArrayList<>(count());
        stream(seed).forEachRemaining(all::add);
        return List.copyOf(all);
    }

    /**
     * Jobs that are all present at the start.
     *
     * @throws ScenarioException if there are none or a size is not above 0
     */
    static Workload batch(List<Double> sizes) {
        return trace(IntStream.range(0, sizes.size())
                .mapToObj(i -> new Arrival(i + 1L, 0, sizes.get(i), Map.of()))
                .toList());
    }

    /**
     * Jobs with Poisson arrivals: random and independent of each other.
     *
     * @param rate jobs per second, above 0
     * @param sizes distribution of their sizes
     * @param count number of jobs, at least 1
     */
    static Workload poisson(double rate, SizeDistribution sizes, int count) {
        return new PoissonWorkload(rate, sizes, count);
    }

    /**
     * Given jobs, in any order.
     *
     * @throws ScenarioException if there are none
     */
    static Workload trace(List<Arrival> arrivals) {
        if (arrivals.isEmpty()) {
            throw new ScenarioException("a workload without jobs; at least one is needed");
        }
        List<Arrival> sorted = arrivals.stream()
                .sorted(Comparator.comparingDouble(Arrival::arrivalS))
                .toList();
        int least = sorted.stream().mapToInt(Arrival::parallelism).min().orElseThrow();
        return new Workload() {
            @Override
            public Iterator<Arrival> stream(long seed) {
                return sorted.iterator();
            }

            @Override
            public int count() {
                return sorted.size();
            }

            @Override
            public int leastParallelism() {
                return least;
            }
        };
    }
}
