package io.framequota.scheduler.cgroup;

/** The kernel or the cluster did not apply a limit. The message says which one and why, in one line for people. */
public final class EnforcementException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public EnforcementException(String message, Throwable cause) {
        super(message, cause);
    }
}
