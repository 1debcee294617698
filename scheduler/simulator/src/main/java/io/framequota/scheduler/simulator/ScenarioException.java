package io.framequota.scheduler.simulator;

/** Something about a scenario is not allowed. The message says what is, in one line for people. */
public final class ScenarioException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    ScenarioException(String message) {
        super(message);
    }
}
