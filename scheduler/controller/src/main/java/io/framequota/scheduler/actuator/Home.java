package io.framequota.scheduler.actuator;

import java.util.Optional;

/** Where workers run and can be limited: this machine's control groups, or a cluster. */
public interface Home {
    /** Whether the settings say that workers run there. */
    boolean isConfigured();

    /**
     * Gets hold of the workers' limits. May block.
     *
     * @param actuator {@link Actuator#QUOTA} or {@link Actuator#WEIGHT}
     * @param observer hears, from any thread, what became of writes
     * @throws UnavailableException when workers cannot be limited there
     */
    Limits open(Actuator actuator, Limits.Observer observer);

    /**
     * The limits that workers come with; empty where they come without any. May block.
     *
     * @throws UnavailableException when they cannot be read now
     */
    default Optional<Ceilings> ceilings() {
        return Optional.empty();
    }
}
