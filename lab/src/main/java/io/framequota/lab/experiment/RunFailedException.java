package io.framequota.lab.experiment;

/** Thrown if a run fails. The message is one line for people. */
public final class RunFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RunFailedException(String line) {
        super(line);
    }
}
