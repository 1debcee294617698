package io.framequota.scheduler.experiment.local;

import io.framequota.scheduler.experiment.Kind;
import io.framequota.scheduler.experiment.Way;
import io.framequota.scheduler.experiment.real.Doors;
import io.framequota.scheduler.experiment.real.Worker;
import io.framequota.scheduler.simulator.Arrival;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Workers with one request each at a time; whoever is free first takes the next one. */
final class Line implements Doors {
    private final Kind kind;
    private final List<LocalWorker> workers;
    private final Deque<LocalWorker> free;

    Line(List<LocalWorker> workers, Kind kind) {
        this.kind = kind;
        this.workers = workers;
        this.free = new ArrayDeque<>(workers);
    }

    @Override
    public boolean open() {
        return !free.isEmpty();
    }

    @Override
    public void take(Arrival request) {
        free.removeFirst().serve(Way.Each.SEQUENTIAL, kind, request.id(), request.sizeS());
    }

    @Override
    public void ended(Worker worker) {
        workers.stream().filter(w -> w == worker).forEach(free::addLast);
    }
}
