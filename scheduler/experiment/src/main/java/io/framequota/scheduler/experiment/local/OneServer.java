package io.framequota.scheduler.experiment.local;

import io.framequota.scheduler.experiment.Kind;
import io.framequota.scheduler.experiment.Way;
import io.framequota.scheduler.experiment.real.Doors;
import io.framequota.scheduler.experiment.real.Worker;
import io.framequota.scheduler.simulator.Arrival;

/** One worker takes every request at once. */
record OneServer(LocalWorker worker, Way.Each each, Kind kind) implements Doors {
    @Override
    public boolean open() {
        return true;
    }

    @Override
    public void take(Arrival request) {
        worker.serve(each, kind, request.id(), request.sizeS());
    }

    @Override
    public void ended(Worker by) {
        // It takes any number at a time.
    }
}
