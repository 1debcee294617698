package io.framequota.scheduler.simulator;

/** The shares that can be enforced. */
public enum ShareGrid {
    /** Exactly the shares that the policy returns. */
    EXACT,
    /** Multiples of 10 millicores, rounded as in production. */
    TEN_MILLI
}
