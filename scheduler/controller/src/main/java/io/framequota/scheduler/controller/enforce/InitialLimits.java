package io.framequota.scheduler.controller.enforce;

import io.framequota.scheduler.quota.WriteOutcome;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The CPU limits that workers were made with. While chunks are dispatched nothing else moves them, and one below a worker's
 * cores would hold it back for ever. For one thread; calls may block.
 */
public interface InitialLimits extends AutoCloseable {
    /** Millicores that a worker may use at most, infinite without a limit; empty when it is not known (yet). */
    OptionalDouble of(String worker);

    /**
     * Raises a limit. What is reserved for the worker stays, so that it takes no room from anybody.
     *
     * @param full millicores of all of its cores
     * @return what became of it, where that is known at once
     * @throws LimitsUnavailableException when nobody's can be raised from here
     */
    Optional<WriteOutcome> lift(String worker, int full);

    /** What people can do about limits that cannot be raised from here, as an order. */
    String remedy();

    /** Lets go of what was opened; what was written stays. Idempotent. */
    @Override
    void close();
}
