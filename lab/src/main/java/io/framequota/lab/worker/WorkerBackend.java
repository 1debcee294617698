package io.framequota.lab.worker;

import io.framequota.common.cgroup.CpuUsage;
import io.framequota.lab.experiment.ActuatorKind;
import io.framequota.lab.experiment.ExperimentBackend;
import io.framequota.scheduler.quota.LimitStore;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;

/**
 * Where workers are. They are started and measured once and used again. For one thread; closing leaves nothing and may be done
 * twice.
 */
public interface WorkerBackend extends AutoCloseable {
    /** What was counted so far for all workers, and CPU seconds of the whole machine that they are on. */
    record Counted(CpuUsage workers, double machineS) {}

    /** Which home this is. */
    ExperimentBackend backend();

    /**
     * Workers, all idle.
     *
     * @param budget millicores that they will share
     */
    List<BurnerWorker> workers(int count, int budget) throws InterruptedException;

    /** What the workers say, to be taken by one thread. */
    BlockingQueue<WorkerEvent> events();

    /**
     * Where a run's shares are written, with the workers limited as the actuator wants it before a run. What comes into force
     * later is told by the worker ({@link WorkerEvent.Holds}).
     */
    LimitStore<String> prepare(ActuatorKind actuator, List<BurnerWorker> workers, ScaledExperiment scaled)
            throws InterruptedException;

    /** Counts, when everything that was ordered is done; not while a job runs. */
    Counted count() throws InterruptedException;

    /** Millicores of a worker that is given chunks of one core. */
    default double chunkMilli(ScaledExperiment scaled) {
        return 1000;
    }

    /** What a reader of the report should know, once runs are over. */
    default Map<String, String> facts() {
        return Map.of();
    }

    @Override
    void close();
}
