package io.framequota.lab.local;

import io.framequota.lab.experiment.ServingMode;
import io.framequota.lab.worker.BurnerWorker;
import io.framequota.lab.worker.RequestRouter;
import io.framequota.scheduler.simulator.Arrival;

/** Gives one request at a time to one worker, which serves it with a pool of threads. */
final class ThreadPoolRouter implements RequestRouter {
    private final LocalWorker worker;
    private final ServingMode.Pool pool;
    private final double parallel;
    private boolean open = true;

    /**
     * Uses a worker whose quota is set.
     *
     * @param parallel parallel fraction of each piece
     */
    ThreadPoolRouter(LocalWorker worker, ServingMode.Pool pool, double parallel) {
        this.worker = worker;
        this.pool = pool;
        this.parallel = parallel;
    }

    @Override
    public boolean open() {
        return open;
    }

    @Override
    public void take(Arrival request) {
        open = false;
        long piece = worker.units(pool.pieceMs() / 1000);
        int serial = (int) Math.round(piece * (1 - parallel));
        int part = (int) Math.max(1, Math.round(piece * parallel / pool.threads()));
        long done = serial + (long) part * pool.threads();
        long pieces = Math.max(1, Math.round((double) worker.units(request.sizeS()) / done));
        worker.pool(request.id(), pieces, serial, part, pool);
    }

    @Override
    public void ended(BurnerWorker by) {
        open = true;
    }
}
