package io.framequota.scheduler.quota;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Stores CPU limits: control groups, pods, or a simulated machine. For one thread. Calls may block. An exception means
 * that no limit can be written at present.
 *
 * @param <K> identifies a limit's owner, for instance a worker
 */
public interface LimitStore<K> {
    /** Millicores in force, infinite without a limit; empty if the store does not know this owner (yet). */
    OptionalDouble inForce(K owner);

    /**
     * Writes a limit.
     *
     * @return the outcome; empty if it is known later, when the caller passes it to {@link QuotaPlanner#written}
     */
    Optional<WriteOutcome> write(K owner, double millicores);

    /** Whether a raise to so many millicores may fit beside the limits of others, as far as is known without trying. */
    default boolean hasRoom(K owner, double millicores) {
        return true;
    }
}
