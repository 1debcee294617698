package io.framequota.scheduler.simulator;

import io.framequota.scheduler.dispatch.DispatchEvent;

/**
 * An event about a job, and when the simulated dispatcher receives it.
 *
 * @param atS seconds after the start of the run
 * @param job the job
 */
record TimedJobEvent(double atS, SimulatedJob job, DispatchEvent.JobEvent event) {
    /** The submission of a job that is already decoded. */
    static TimedJobEvent whole(SimulatedJob job) {
        return new TimedJobEvent(job.arrival.arrivalS(), job, new DispatchEvent.JobSubmitted(job.state()));
    }
}
