package io.framequota.scheduler.simulator;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** The first {@code count} jobs of a workload. */
record LimitedWorkload(Workload of, int count) implements Workload {
    LimitedWorkload {
        if (count < 1) {
            throw new ScenarioException("the first " + count + " jobs; a whole number of at least 1 is allowed");
        }
    }

    @Override
    public Iterator<Arrival> stream(long seed) {
        Iterator<Arrival> jobs = of.stream(seed);
        return new Iterator<>() {
            private int given;

            @Override
            public boolean hasNext() {
                return given < count && jobs.hasNext();
            }

            @Override
            public Arrival next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                given++;
                return jobs.next();
            }
        };
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
