package io.framequota.scheduler.experiment.serving;

/** Nothing predicts this. The message says why, in words for people. */
public final class NoTheoryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoTheoryException(String why) {
        super(why);
    }
}
