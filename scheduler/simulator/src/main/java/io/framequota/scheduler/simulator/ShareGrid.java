package io.framequota.scheduler.simulator;

/** Which shares there are. */
public enum ShareGrid {
    /** Those that the policy answers. */
    EXACT,
    /** Multiples of 10 millicores, rounded as the enforcer rounds. */
    TEN_MILLI
}
