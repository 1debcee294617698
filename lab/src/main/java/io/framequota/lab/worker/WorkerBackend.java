package io.framequota.lab.worker;

import io.framequota.common.cgroup.CpuUsage;
import io.framequota.lab.experiment.ActuatorKind;
import io.framequota.lab.experiment.ExperimentBackend;
import io.framequota.scheduler.quota.LimitStore;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;

/**
 * Starts burner workers and enforces their shares. Workers are started and calibrated once and used again. For one thread.
 * Closing ends all workers and is idempotent.
 */
public interface WorkerBackend extends AutoCloseable {
    /** CPU use of all workers so far, and CPU seconds of their whole machine. */
    record Counted(CpuUsage workers, double machineS) {}

    /** The backend's name in experiments. */
    ExperimentBackend backend();

    /**
     * Returns idle workers, and starts them if necessary.
     *
     * @param budget millicores that the workers will share
     */
    List<BurnerWorker> workers(int count, int budget) throws InterruptedException;

    /** Events of the workers. One thread takes them. */
    BlockingQueue<WorkerEvent> events();

    /**
     * Sets the initial limits of an actuator, and returns the store for the run's shares. For a write that is not in force
     * immediately, the worker reports {@link WorkerEvent.Holds}.
     */
    LimitStore<String> prepare(ActuatorKind actuator, List<BurnerWorker> workers, ScaledExperiment scaled)
            throws InterruptedException;

    /** Reads the counters after all orders are done. Not allowed while a job runs. */
    Counted count() throws InterruptedException;

    /** Millicores of a worker that runs chunks. */
    default double chunkMilli(ScaledExperiment scaled) {
        return 1000;
    }

    /** Facts for the report, available after the last run. */
    default Map<String, String> facts() {
        return Map.of();
    }

    @Override
    void close();
}
