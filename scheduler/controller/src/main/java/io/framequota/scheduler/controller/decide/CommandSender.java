package io.framequota.scheduler.controller.decide;

import io.framequota.scheduler.dispatch.DispatchCommand;

/** Sends decisions to the workers. Does not block. The dispatcher repeats commands that were lost. */
public interface CommandSender {
    /** Announces a new leader to every worker. */
    void announce(long epoch);

    /**
     * Sends a command to its worker; {@link DispatchCommand.FailJob} and {@link DispatchCommand.KeepDeaths} are not for workers and
     * are refused.
     */
    void send(long epoch, DispatchCommand command);

    /** Sends a division of compute time to every worker, so that all see the same one. */
    void divide(long epoch, ComputeTimeDivision division);
}
