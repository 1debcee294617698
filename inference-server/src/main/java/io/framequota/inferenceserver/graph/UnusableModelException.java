package io.framequota.inferenceserver.graph;

/** A model cannot be used. The message is one line: the problem and the remedy. */
public final class UnusableModelException extends Exception {
    private static final long serialVersionUID = 1L;

    public UnusableModelException(String message) {
        super(message);
    }
}
