package io.framequota.lab.serving;

/** Thrown if no prediction is known. The message says why, for people. */
public final class NoPredictionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoPredictionException(String why) {
        super(why);
    }
}
