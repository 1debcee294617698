package io.framequota.scheduler.cgroup;

/** The system did not do what was asked of it. The message says what, in one line for people. */
public final class EnforcementException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public EnforcementException(String message, Throwable cause) {
        super(message, cause);
    }
}
