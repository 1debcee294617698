package io.framequota.scheduler.policy;

/** A policy or parameter that does not exist. The message is one line for people and names what is allowed. */
public final class BadPolicyException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    BadPolicyException(String message) {
        super(message);
    }
}
