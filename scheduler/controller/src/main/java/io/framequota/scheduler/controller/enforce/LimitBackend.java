package io.framequota.scheduler.controller.enforce;

import io.framequota.scheduler.quota.Actuator;
import java.util.Optional;

/** Where workers run and can be limited: this machine's control groups, or a cluster. */
public interface LimitBackend {
    /** Whether the settings say that workers run there. */
    boolean isConfigured();

    /**
     * Gets hold of the workers' limits. May block.
     *
     * @param actuator {@link Actuator#QUOTA} or {@link Actuator#WEIGHT}
     * @param observer hears, from any thread, what became of writes
     * @throws LimitsUnavailableException when workers cannot be limited there
     */
    WorkerLimits open(Actuator actuator, WorkerLimits.Observer observer);

    /**
     * The limits that workers come with; empty where they come without any. May block.
     *
     * @throws LimitsUnavailableException when they cannot be read now
     */
    default Optional<InitialLimits> ceilings() {
        return Optional.empty();
    }
}
