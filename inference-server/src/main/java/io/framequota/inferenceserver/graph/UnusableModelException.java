package io.framequota.inferenceserver.graph;

/** A model or a command line that cannot be used; the message is one line that says what and what to do. */
public final class UnusableModelException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param message one line: what, why, what to do */
    public UnusableModelException(String message) {
        super(message);
    }
}
