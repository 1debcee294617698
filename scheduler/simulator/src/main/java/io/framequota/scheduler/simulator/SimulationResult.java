package io.framequota.scheduler.simulator;

import java.util.List;

/**
 * What a run showed. Response times, slowdowns and percentiles are those of the jobs that were served.
 *
 * @param jobs served
 * @param refused by the policy
 * @param meanResponseS mean time from arrival to end
 * @param p50S median of the response times, by nearest rank as all percentiles
 * @param p90S 90th percentile
 * @param p99S 99th percentile
 * @param maxS the longest
 * @param meanSlowdown mean of response time / size
 * @param makespanS when the last job ended
 * @param throttledS seconds that jobs stood still with their quota spent, summed over jobs
 * @param meanInSystem mean number of jobs that were there, over the makespan
 * @param workS work done, in CPU seconds at one core
 * @param heldCoreS core-seconds that jobs held; with a loss-free speedup as much as the work
 * @param mostHeldMilli the most millicores that jobs with a share held together at any time
 * @param decisions how often the policy was asked
 * @param traceHash of every change of who holds what, at which time; equal for equal runs
 * @param perJob the first ones that ended, as many as were asked for
 * @param responsesS sorted response times of all jobs, or so many evenly chosen ones as jobs were asked for
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
