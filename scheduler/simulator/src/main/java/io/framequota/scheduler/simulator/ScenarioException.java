package io.framequota.scheduler.simulator;

/** A scenario is not valid. The message names what is wrong and what is allowed, in one line for people. */
public final class ScenarioException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    ScenarioException(String message) {
        super(message);
    }
}
