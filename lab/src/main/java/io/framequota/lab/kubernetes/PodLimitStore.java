package io.framequota.lab.kubernetes;

import io.framequota.scheduler.quota.LimitStore;
import io.framequota.scheduler.quota.WriteOutcome;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Writes quotas of pods through the cluster. Each pod reports when its quota is in force. */
final class PodLimitStore implements LimitStore<String> {
    private final Map<String, PodWorker> workers;
    private final PodResizer resizer;
    private final NodeCapacity room;

    /** @param room free CPU of the nodes of all workers */
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
        // Only a raise is a handover, because lowering makes room for others.
        resizer.submit(new PodResizer.Order(pod, whole), whole > pod.target());
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
