package io.framequota.scheduler.simulator;

import java.util.Iterator;
import java.util.List;
import java.util.function.UnaryOperator;

/** A workload whose jobs are changed by a function, which must keep their arrival times. */
record MappedWorkload(Workload of, UnaryOperator<Arrival> change) implements Workload {
    @Override
    public Iterator<Arrival> stream(long seed) {
        Iterator<Arrival> jobs = of.stream(seed);
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return jobs.hasNext();
            }

            @Override
            public Arrival next() {
                return change.apply(jobs.next());
            }
        };
    }

    @Override
    public int count() {
        return of.count();
    }

    @Override
    public int leastParallelism() {
        return of.leastParallelism();
    }

    @Override
    public List<SimulatedStream> streams() {
        return of.streams();
    }
}
