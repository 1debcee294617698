package io.framequota.scheduler.simulator;

import java.util.Iterator;
import java.util.List;

/** A workload's jobs beside live streams. */
record WorkloadWithStreams(Workload jobs, List<SimulatedStream> streams) implements Workload {
    WorkloadWithStreams {
        streams = List.copyOf(streams);
    }

    @Override
    public Iterator<Arrival> stream(long seed) {
        return jobs.stream(seed);
    }

    @Override
    public int count() {
        return jobs.count();
    }

    @Override
    public int leastParallelism() {
        return jobs.leastParallelism();
    }
}
