package io.framequota.scheduler.simulator;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The openings and ends of a scenario's streams in order of time. At equal times, ends come first. */
final class StreamChanges {
    /**
     * A stream opens or ends.
     *
     * @param number of the stream, from 1
     */
    record Change(double atS, boolean opens, int number, SimulatedStream stream) {}

    private final List<Change> all = new ArrayList<>();
    private int next;

    StreamChanges(List<SimulatedStream> streams) {
        for (int i = 0; i < streams.size(); i++) {
            SimulatedStream stream = streams.get(i);
            all.add(new Change(stream.fromS(), true, i + 1, stream));
            if (stream.toS() < Double.POSITIVE_INFINITY) {
                all.add(new Change(stream.toS(), false, i + 1, stream));
            }
        }
        all.sort(Comparator.comparingDouble(Change::atS)
                .thenComparing(Change::opens)
                .thenComparingInt(Change::number));
    }

    /** When the next stream opens or ends; infinite if none does. */
    double nextS() {
        return next < all.size() ? all.get(next).atS() : Double.POSITIVE_INFINITY;
    }

    /** Takes the next change. */
    Change take() {
        return all.get(next++);
    }
}
