package io.framequota.scheduler.experiment.real;

import io.framequota.scheduler.enforce.CpuUse;
import io.framequota.scheduler.experiment.Actuator;
import io.framequota.scheduler.experiment.Home;
import io.framequota.scheduler.quota.LimitStore;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;

/**
 * Where workers are. They are started and measured once and used again. For one thread; closing leaves nothing and may be done
 * twice.
 */
public interface Site extends AutoCloseable {
    /** What was counted so far for all workers, and CPU seconds of the whole machine that they are on. */
    record Counted(CpuUse workers, double machineS) {}

    /** Which home this is. */
    Home home();

    /**
     * Workers, all idle.
     *
     * @param budget millicores that they will share
     */
    List<Worker> workers(int count, int budget) throws InterruptedException;

    /** What the workers say, to be taken by one thread. */
    BlockingQueue<Told> told();

    /**
     * Where a run's shares are written, with the workers limited as the actuator wants it before a run. What comes into force
     * later is told by the worker ({@link Told.Holds}).
     */
    LimitStore<String> prepare(Actuator actuator, List<Worker> workers, Terms terms) throws InterruptedException;

    /** Counts, when everything that was ordered is done; not while a job runs. */
    Counted count() throws InterruptedException;

    /** Millicores of a worker that is given chunks of one core. */
    default double chunkMilli(Terms terms) {
        return 1000;
    }

    /** What a reader of the report should know, once runs are over. */
    default Map<String, String> facts() {
        return Map.of();
    }

    @Override
    void close();
}
