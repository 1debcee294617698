package io.framequota.scheduler.actuator;

/** One worker's limit could not be written. The message says why, in words for people. */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RefusedException(String reason) {
        super(reason);
    }
}
