package io.framequota.scheduler.simulator;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Several workloads side by side. */
record MergedWorkload(List<Workload> parts) implements Workload {
    MergedWorkload {
        if (parts.isEmpty()) {
            throw new ScenarioException("a workload without jobs; at least one is needed");
        }
        parts = List.copyOf(parts);
    }

    @Override
    public Iterator<Arrival> stream(long seed) {
        SplittableRandom seeds = new SplittableRandom(seed);
        List<Iterator<Arrival>> streams = new ArrayList<>();
        // Parts with equal parameters would otherwise be the same jobs twice.
        parts.forEach(p -> streams.add(p.stream(seeds.nextLong())));
        return new Merging(streams);
    }

    @Override
    public int count() {
        return parts.stream().mapToInt(Workload::count).reduce(0, Math::addExact);
    }

    @Override
    public int leastParallelism() {
        return parts.stream().mapToInt(Workload::leastParallelism).min().orElseThrow();
    }

    @Override
    public List<SimulatedStream> streams() {
        return parts.stream().flatMap(p -> p.streams().stream()).toList();
    }

    /** Merges the streams by arrival time. */
    private static final class Merging implements Iterator<Arrival> {
        private final List<Iterator<Arrival>> streams;
        private final @Nullable Arrival[] heads;
        private long given;

        Merging(List<Iterator<Arrival>> streams) {
            this.streams = streams;
            heads = new Arrival[streams.size()];
            for (int i = 0; i < heads.length; i++) {
                advance(i);
            }
        }

        private void advance(int stream) {
            Iterator<Arrival> jobs = streams.get(stream);
            heads[stream] = jobs.hasNext() ? jobs.next() : null;
        }

        private int earliest() {
            int earliest = -1;
            double atS = Double.POSITIVE_INFINITY;
            for (int i = 0; i < heads.length; i++) {
                Arrival head = heads[i];
                if (head != null && head.arrivalS() < atS) {
                    earliest = i;
                    atS = head.arrivalS();
                }
            }
            return earliest;
        }

        @Override
        public boolean hasNext() {
            return earliest() >= 0;
        }

        @Override
        public Arrival next() {
            int stream = earliest();
            Arrival next = stream < 0 ? null : heads[stream];
            if (next == null) {
                throw new NoSuchElementException();
            }
            advance(stream);
            return next.numbered(++given);
        }
    }
}
