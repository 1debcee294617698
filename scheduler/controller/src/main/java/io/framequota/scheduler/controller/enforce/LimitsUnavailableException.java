package io.framequota.scheduler.controller.enforce;

/** Workers cannot be limited. The message says why, in words that follow "because". */
public final class LimitsUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final boolean passing;

    /** @param passing whether it may go away by itself, so that trying again makes sense */
    public LimitsUnavailableException(String reason, boolean passing) {
        super(reason);
        this.passing = passing;
    }

    public boolean passing() {
        return passing;
    }
}
