package io.framequota.scheduler.experiment;

/** An experiment that cannot be run as it is written. The message is one line for people. */
public final class BadExperimentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BadExperimentException(String line) {
        super(line);
    }

    /** The line. */
    public String line() {
        return String.valueOf(getMessage());
    }
}
