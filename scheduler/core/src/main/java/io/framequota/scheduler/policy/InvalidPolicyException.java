package io.framequota.scheduler.policy;

/** A policy or parameter that does not exist. The message names what is allowed. */
public final class InvalidPolicyException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String explanation;

    InvalidPolicyException(String explanation) {
        super(explanation);
        this.explanation = explanation;
    }

    /** One line for people. */
    public String explanation() {
        return explanation;
    }
}
