package io.framequota.lab.local;

import io.framequota.lab.experiment.RequestKind;
import io.framequota.lab.experiment.ServingMode;
import io.framequota.lab.worker.BurnerWorker;
import io.framequota.lab.worker.RequestRouter;
import io.framequota.scheduler.simulator.Arrival;

/** One worker takes every request at once. */
record SingleServerRouter(LocalWorker worker, ServingMode.Each each, RequestKind kind) implements RequestRouter {
    @Override
    public boolean open() {
        return true;
    }

    @Override
    public void take(Arrival request) {
        worker.serve(each, kind, request.id(), request.sizeS());
    }

    @Override
    public void ended(BurnerWorker by) {
        // It takes any number at a time.
    }
}
