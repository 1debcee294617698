package io.framequota.lab.kubernetes;

import io.framequota.scheduler.quota.LimitStore;
import io.framequota.scheduler.quota.WriteOutcome;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Quotas of pods, ordered from the cluster; each pod itself tells when its own is in force. */
final class PodLimitStore implements LimitStore<String> {
    private final Map<String, PodWorker> workers;
    private final PodResizer resizer;
    private final NodeCapacity room;

    /** @param room what nodes have for all of them */
    PodLimitStore(List<PodWorker> workers, PodResizer resizer, NodeCapacity room) {
        this.workers = workers.stream().collect(Collectors.toMap(PodWorker::name, Function.identity()));
        this.resizer = resizer;
        this.room = room;
    }

    @Override
    public OptionalDouble inForce(String worker) {
        return OptionalDouble.of(worker(worker).held());
    }

    @Override
    public Optional<WriteOutcome> write(String worker, double millicores) {
        PodWorker pod = worker(worker);
        int whole = (int) Math.round(millicores);
        // Lowering makes room for others; only a raise is a handover.
        resizer.submit(new PodResizer.Order(pod, whole), whole > pod.wished());
        return Optional.empty();
    }

    @Override
    public boolean hasRoom(String worker, double millicores) {
        return room.fits(workers.values(), worker(worker), millicores);
    }

    private PodWorker worker(String name) {
        PodWorker worker = workers.get(name);
        if (worker == null) {
            throw new IllegalArgumentException("no pod " + name);
        }
        return worker;
    }
}
