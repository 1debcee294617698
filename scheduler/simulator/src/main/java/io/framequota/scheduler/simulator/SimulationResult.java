package io.framequota.scheduler.simulator;

import java.util.List;

/**
 * The result of a run. Response times, slowdowns and percentiles cover the served jobs.
 *
 * @param jobs number of served jobs
 * @param refused number of jobs that the policy refused
 * @param meanResponseS mean time from arrival to end
 * @param p50S median response time; all percentiles are by nearest rank
 * @param p90S 90th percentile of the response times
 * @param p99S 99th percentile of the response times
 * @param maxS longest response time
 * @param meanSlowdown mean of response time divided by size
 * @param makespanS time at which the last job ended
 * @param throttledS seconds for which jobs stood still because their quota was spent, summed over jobs
 * @param meanInSystem mean number of present jobs over the makespan
 * @param workS work done, in CPU seconds on one core
 * @param heldCoreS core-seconds that jobs held; equal to the work if the speedup is linear
 * @param mostHeldMilli the most millicores that jobs with a share held together at any time
 * @param decisions how often the policy was asked
 * @param traceHash hash of all allocation changes with their times; equal for equal runs
 * @param perJob the first jobs that ended, as many as were requested
 * @param responsesS sorted response times of all jobs, or an even sample of the requested size
 */
public record SimulationResult(
        int jobs,
        int refused,
        double meanResponseS,
        double p50S,
        double p90S,
        double p99S,
        double maxS,
        double meanSlowdown,
        double makespanS,
        double throttledS,
        double meanInSystem,
        double workS,
        double heldCoreS,
        double mostHeldMilli,
        long decisions,
        String traceHash,
        List<JobOutcome> perJob,
        List<Double> responsesS) {
    public SimulationResult {
        perJob = List.copyOf(perJob);
        responsesS = List.copyOf(responsesS);
    }
}
