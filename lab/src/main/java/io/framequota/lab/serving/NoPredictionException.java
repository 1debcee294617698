package io.framequota.lab.serving;

/** Nothing predicts this. The message says why, in words for people. */
public final class NoPredictionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoPredictionException(String why) {
        super(why);
    }
}
