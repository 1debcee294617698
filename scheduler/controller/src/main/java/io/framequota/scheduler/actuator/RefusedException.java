package io.framequota.scheduler.actuator;

/** One worker's limit could not be written, or nobody knows. The message says why, in words for people. */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean unanswered;

    public RefusedException(String reason) {
        this(reason, false);
    }

    /** @param unanswered whether nobody said if it was written or not */
    public RefusedException(String reason, boolean unanswered) {
        super(reason);
        this.unanswered = unanswered;
    }

    public boolean unanswered() {
        return unanswered;
    }
}
