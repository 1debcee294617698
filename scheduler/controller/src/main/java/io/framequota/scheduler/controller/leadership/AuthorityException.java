package io.framequota.scheduler.controller.leadership;

/** The authority did not answer, or refused. The message is one line for people. */
public final class AuthorityException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean refused;

    public AuthorityException(String message) {
        super(message);
        refused = false;
    }

    /** @param refused whether the authority rejects this scheduler's token, which only a change of settings can resolve */
    public AuthorityException(String message, boolean refused, Throwable cause) {
        super(message, cause);
        this.refused = refused;
    }

    public boolean refused() {
        return refused;
    }
}
