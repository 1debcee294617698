package io.framequota.scheduler.policy;

/** A policy, parameter or speedup is unknown or not allowed. The message names what is allowed. */
public final class InvalidPolicyException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String explanation;

    InvalidPolicyException(String explanation) {
        super(explanation);
        this.explanation = explanation;
    }

    /** The message: one line for people. */
    public String explanation() {
        return explanation;
    }
}
