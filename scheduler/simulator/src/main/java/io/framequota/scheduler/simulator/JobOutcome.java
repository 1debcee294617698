package io.framequota.scheduler.simulator;

/**
 * What became of one job.
 *
 * @param id of the job
 * @param arrivalS when it came
 * @param sizeS its size
 * @param responseS from its arrival to its end; of a refused job to its refusal
 * @param refused whether the policy refused it
 */
public record JobOutcome(long id, double arrivalS, double sizeS, double responseS, boolean refused) {}
