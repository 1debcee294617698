package io.framequota.scheduler.controller.enforce;

import io.framequota.scheduler.quota.WriteOutcome;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The CPU limits that workers were created with. Under {@link io.framequota.scheduler.quota.Actuator#DISPATCH} nothing else
 * changes them, so a limit below a worker's cores would slow the worker down for ever. For one thread; calls may block.
 */
public interface InitialLimits extends AutoCloseable {
    /** The limit of a worker in millicores, infinite for none; empty if it is not known (yet). */
    OptionalDouble of(String worker);

    /**
     * Raises a worker's limit. Its CPU request stays, so that it takes no room from other workers.
     *
     * @param full millicores of all of its cores
     * @return the outcome, if it is known at once
     * @throws LimitsUnavailableException if no worker's limit can be raised
     */
    Optional<WriteOutcome> raise(String worker, int full);

    /** Advice for people if limits cannot be raised, in the imperative. */
    String remedy();

    /** Releases what was opened; the limits stay. Idempotent. */
    @Override
    void close();
}
