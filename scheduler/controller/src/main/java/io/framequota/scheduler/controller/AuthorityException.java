package io.framequota.scheduler.controller;

/** The authority did not answer, or refused. The message is one line for people. */
public final class AuthorityException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public AuthorityException(String message) {
        super(message);
    }

    public AuthorityException(String message, Throwable cause) {
        super(message, cause);
    }
}
