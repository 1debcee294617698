package io.framequota.lab.experiment;

/** A run that could not be finished. The message is one line for people. */
public final class RunFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RunFailedException(String line) {
        super(line);
    }
}
