package io.framequota.scheduler.simulator;

import io.framequota.scheduler.dispatch.DispatchEvent;

/**
 * A fact that a dispatcher will be told.
 *
 * @param atS when, in seconds after the start of the run
 * @param job that it is about, which is there from its first fact on
 */
record TimedJobEvent(double atS, SimulatedJob job, DispatchEvent.JobFact fact) {
    /** The whole job, decoded. */
    static TimedJobEvent whole(SimulatedJob job) {
        return new TimedJobEvent(job.arrival.arrivalS(), job, new DispatchEvent.JobSubmitted(job.state()));
    }
}
