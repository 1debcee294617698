package io.framequota.scheduler.experiment.local;

import io.framequota.scheduler.experiment.Way;
import io.framequota.scheduler.experiment.real.Doors;
import io.framequota.scheduler.experiment.real.Worker;
import io.framequota.scheduler.simulator.Arrival;

/** One worker serves one request at a time with a pool of threads. */
final class PoolDoor implements Doors {
    private final LocalWorker worker;
    private final Way.Pool pool;
    private final double parallel;
    private boolean open = true;

    /**
     * A worker that has its quota.
     *
     * @param parallel part of each piece
     */
    PoolDoor(LocalWorker worker, Way.Pool pool, double parallel) {
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
    public void ended(Worker by) {
        open = true;
    }
}
