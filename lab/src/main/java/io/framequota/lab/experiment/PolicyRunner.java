package io.framequota.lab.experiment;

import io.framequota.scheduler.policy.ConfiguredPolicy;
import java.util.Map;

/** A place where runs take place. For one thread; closing ends and removes everything it started. */
public interface PolicyRunner extends AutoCloseable {
    /**
     * Runs one policy once.
     *
     * @throws InvalidExperimentException when this home cannot run it as it is written
     * @throws InterruptedException when the caller was interrupted; nothing of the run is left then
     */
    Run run(Experiment experiment, ActuatorKind actuator, ConfiguredPolicy policy, long seed)
            throws InterruptedException;

    /** What a reader of a report should know about where runs took place, once they are over. */
    default Map<String, String> facts() {
        return Map.of();
    }

    @Override
    void close();
}
