package io.framequota.scheduler.controller.observe;

/** Where facts come from. */
public interface FactSource {
    /** Whether every fact from now on will be delivered: the position in the stream of facts is fixed. May block a little. */
    boolean positioned();
}
