package io.framequota.scheduler.dispatch;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The millicores reserved for streams: in total, and on each worker. The only class that changes them. */
final class StreamReservations {
    private final WorkerRegistry workers;
    /** Reservations of streams that are not simulated, by worker name. */
    private Map<String, Integer> fixed = Map.of();

    private long admissions;
    private long changes;

    StreamReservations(WorkerRegistry workers) {
        this.workers = workers;
    }

    /** A counter that grows with every change. */
    long changes() {
        return changes;
    }

    /** Reserves so many millicores of each of these workers, for ever. */
    void fix(Map<String, Integer> byWorker) {
        Map<String, Integer> before = fixed;
        fixed = Map.copyOf(byWorker);
        Map<String, Integer> difference = new HashMap<>(fixed);
        before.forEach((name, millicores) -> difference.merge(name, -millicores, Integer::sum));
        difference.forEach((name, millicores) -> add(workers.named(name), millicores));
    }

    /** Admits a stream, still without a worker. */
    void admit(TrackedStream stream, int millicores) {
        stream.state = new TrackedStream.State.Reserved(++admissions);
        stream.millicores = millicores;
        add(null, millicores);
    }

    /** Changes the millicores of an admitted stream. */
    void resize(TrackedStream stream, int millicores) {
        add(stream.worker, millicores - stream.millicores);
        stream.millicores = millicores;
        stream.toSend = true;
    }

    /** Gives an admitted stream another worker, or none. */
    void move(TrackedStream stream, @Nullable TrackedWorker to) {
        TrackedWorker from = stream.worker;
        if (from != null) {
            from.reserved -= stream.millicores;
        }
        if (to != null) {
            to.reserved += stream.millicores;
        }
        stream.worker = to;
        changes++;
    }

    /** Ends a reservation. */
    void release(TrackedStream stream, TrackedStream.State next) {
        if (stream.isReserved()) {
            move(stream, null);
            add(null, -stream.millicores);
            stream.millicores = 0;
            stream.wanted = 0;
            stream.known = false;
        }
        stream.state = next;
    }

    private void add(@Nullable TrackedWorker worker, int millicores) {
        if (worker != null) {
            worker.reserved += millicores;
        }
        workers.reserve(millicores);
        changes++;
    }
}
