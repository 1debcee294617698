package io.framequota.scheduler.controller.decide;

import io.framequota.scheduler.dispatch.DispatchCommand;

/** Sends what was decided to the workers. Does not block; what is lost is sent again by who decided. */
public interface CommandSender {
    /** Introduces a new leader to every worker. */
    void announce(long epoch);

    /** Sends a command; {@link DispatchCommand.FailJob} is not for workers and is refused. */
    void send(long epoch, DispatchCommand command);
}
