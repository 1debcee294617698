package io.framequota.scheduler.controller.enforce;

/** Workers cannot be limited. The message is the reason, in words that follow "because". */
public final class LimitsUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final boolean temporary;

    /** @param temporary whether the reason may disappear by itself, so that a retry makes sense */
    public LimitsUnavailableException(String reason, boolean temporary) {
        super(reason);
        this.temporary = temporary;
    }

    public boolean isTemporary() {
        return temporary;
    }
}
