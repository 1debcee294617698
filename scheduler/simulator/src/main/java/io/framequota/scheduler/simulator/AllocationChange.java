package io.framequota.scheduler.simulator;

/**
 * From a time on a job holds so many millicores. A job that ends holds 0.
 *
 * @param timeS seconds after the start of the run
 * @param job its id
 * @param millicores in force, not only decided
 */
public record AllocationChange(double timeS, long job, double millicores) {}
