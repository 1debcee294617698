package io.framequota.lab.experiment;

import io.framequota.scheduler.policy.ConfiguredPolicy;
import java.util.Map;

/** Runs policies on a backend. For one thread. Closing ends and removes everything that the runner started. */
public interface PolicyRunner extends AutoCloseable {
    /**
     * Runs one policy once.
     *
     * @throws InvalidExperimentException if the backend cannot run the experiment as written
     * @throws InterruptedException if the thread is interrupted; nothing of the run is left
     */
    Run run(Experiment experiment, ActuatorKind actuator, ConfiguredPolicy policy, long seed)
            throws InterruptedException;

    /** Facts about the backend for the report, available after the last run. */
    default Map<String, String> facts() {
        return Map.of();
    }

    @Override
    void close();
}
