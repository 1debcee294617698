package io.framequota.scheduler.controller.observe;

/** The stream of job facts and worker reports that the scheduler observes. */
public interface FactSource {
    /** Whether the stream has a fixed start position, so that every later record will be delivered. May block for seconds. */
    boolean isPositioned();
}
