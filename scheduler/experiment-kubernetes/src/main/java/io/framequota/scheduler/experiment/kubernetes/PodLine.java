package io.framequota.scheduler.experiment.kubernetes;

import io.framequota.scheduler.experiment.real.Doors;
import io.framequota.scheduler.experiment.real.Worker;
import io.framequota.scheduler.simulator.Arrival;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Pods with one request each at a time; whoever is free first takes the next one. */
final class PodLine implements Doors {
    private final List<PodWorker> workers;
    private final Deque<PodWorker> free;

    PodLine(List<PodWorker> workers) {
        this.workers = List.copyOf(workers);
        this.free = new ArrayDeque<>(workers);
    }

    @Override
    public boolean open() {
        return !free.isEmpty();
    }

    @Override
    public void take(Arrival request) {
        free.removeFirst().serve(request.id(), request.sizeS());
    }

    @Override
    public void ended(Worker worker) {
        workers.stream().filter(w -> w == worker).forEach(free::addLast);
    }
}
