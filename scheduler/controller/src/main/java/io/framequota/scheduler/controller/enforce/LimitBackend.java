package io.framequota.scheduler.controller.enforce;

import io.framequota.scheduler.quota.Actuator;
import java.util.Optional;

/** Limits the CPU of workers, in control groups of this machine or in pods of a cluster. */
public interface LimitBackend {
    /** Whether the settings enable this backend. */
    boolean isConfigured();

    /**
     * Opens the workers' limits for writing. May block.
     *
     * @param actuator {@link Actuator#QUOTA} or {@link Actuator#WEIGHT}
     * @param observer is told, on any thread, the outcome of writes
     * @throws LimitsUnavailableException if workers cannot be limited
     */
    WorkerLimits open(Actuator actuator, WorkerLimits.Observer observer);

    /**
     * The limits that workers were created with; empty if workers have none. May block.
     *
     * @throws LimitsUnavailableException if they cannot be read at present
     */
    default Optional<InitialLimits> initialLimits() {
        return Optional.empty();
    }
}
