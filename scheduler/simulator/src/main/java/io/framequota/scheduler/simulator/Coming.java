package io.framequota.scheduler.simulator;

import io.framequota.scheduler.dispatch.Event;

/**
 * A fact that a dispatcher will be told.
 *
 * @param atS when, in seconds after the start of the run
 * @param job that it is about, which is there from its first fact on
 */
record Coming(double atS, ChunkedJob job, Event.JobFact fact) {
    /** The whole job, decoded. */
    static Coming whole(ChunkedJob job) {
        return new Coming(job.arrival.arrivalS(), job, new Event.JobSubmitted(job.state()));
    }
}
