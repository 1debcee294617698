package io.framequota.lab.experiment;

/** An experiment that cannot be run as it is written. The message is one line for people. */
public final class InvalidExperimentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvalidExperimentException(String line) {
        super(line);
    }

    /** The line. */
    public String line() {
        return String.valueOf(getMessage());
    }
}
