package io.framequota.scheduler.quota;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Where limits are written: control groups, pods, or a simulated machine. For one thread. Calls may block; an exception
 * means that nobody's limit can be written now.
 *
 * @param <K> names whoever is limited
 */
public interface LimitStore<K> {
    /** Millicores in force, infinite without a limit; empty when the store does not know who that is (yet). */
    OptionalDouble inForce(K who);

    /**
     * Writes a limit.
     *
     * @return what became of it; empty when that shows later: then {@link QuotaPlanner#told} is to hear of it
     */
    Optional<WriteOutcome> write(K who, double millicores);

    /** Whether there is room to raise it to this beside what others have, as far as anybody knows before trying. */
    default boolean hasRoom(K who, double millicores) {
        return true;
    }
}
