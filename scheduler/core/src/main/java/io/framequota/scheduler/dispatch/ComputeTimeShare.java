package io.framequota.scheduler.dispatch;

/**
 * One worker's part of a job's share of the compute time. The parts of a job add up to its share at most.
 *
 * @param job id of the job that the worker runs
 * @param worker name of the worker
 * @param millicores 1000 for the whole time of one device
 */
public record ComputeTimeShare(String job, String worker, double millicores) {}
