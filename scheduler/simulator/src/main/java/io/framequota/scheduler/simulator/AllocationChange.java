package io.framequota.scheduler.simulator;

/**
 * A change of a job's CPU during a run. A job that ends changes to 0.
 *
 * @param timeS seconds after the start of the run
 * @param job id of the job
 * @param millicores millicores in force from this time on, not only decided
 */
public record AllocationChange(double timeS, long job, double millicores) {}
