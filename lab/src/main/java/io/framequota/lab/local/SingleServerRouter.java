package io.framequota.lab.local;

import io.framequota.lab.experiment.RequestKind;
import io.framequota.lab.experiment.ServingMode;
import io.framequota.lab.worker.BurnerWorker;
import io.framequota.lab.worker.RequestRouter;
import io.framequota.scheduler.simulator.Arrival;

/** Gives every request to one worker immediately. */
record SingleServerRouter(LocalWorker worker, ServingMode.ExecutionModel each, RequestKind kind)
        implements RequestRouter {
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
        // The worker accepts any number of requests.
    }
}
