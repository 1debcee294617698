package io.framequota.lab.experiment;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What one run of one policy gave.
 *
 * @param seed of its workload
 * @param summary of the response times of jobs that were served
 * @param refused jobs that the policy did not serve
 * @param jobs in order of arrival; empty when there were too many to keep
 * @param responses sorted response times of all jobs, or evenly chosen ones when there were too many to keep
 * @param changes of shares, in order of time; empty when there were too many to keep
 * @param throttledS seconds for which quotas held jobs back, summed over jobs
 * @param cpuS CPU seconds used
 * @param predictedMeanS mean response that theory expects of exactly this run; empty where nothing predicts it
 * @param otherCores cores that everything else on the machine used meanwhile, on average; 0 in the simulator
 * @param handoverMs measured mean time from a job's end until the next one's share was in force; 0 where none was
 * @param measures what else was measured of a way of serving; empty for policies
 * @param replayedMeansS mean response by policy, as a replay of exactly this run gives it; empty where nothing replays
 */
public record Run(
        long seed,
        Summary summary,
        int refused,
        List<JobRun> jobs,
        List<Double> responses,
        List<Change> changes,
        double throttledS,
        double cpuS,
        double otherCores,
        OptionalDouble predictedMeanS,
        double handoverMs,
        Map<ServingMetric, ServingMetric.Value> measures,
        Map<String, Double> replayedMeansS) {
    public Run {
        measures = Map.copyOf(measures);
        replayedMeansS = Map.copyOf(replayedMeansS);
    }

    /**
     * A job in a run; the response counts from the intended arrival.
     *
     * @param labels as submitted; empty where none were
     * @param forecastS response as forecast when it came; empty where nobody asked
     */
    public record JobRun(
            long id, double arrivalS, double endS, double sizeS, Map<String, String> labels, OptionalDouble forecastS) {
        public JobRun {
            labels = Map.copyOf(labels);
        }

        /** A job without forecast. */
        public JobRun(long id, double arrivalS, double endS, double sizeS, Map<String, String> labels) {
            this(id, arrivalS, endS, sizeS, labels, OptionalDouble.empty());
        }

        /** A job without labels. */
        public JobRun(long id, double arrivalS, double endS, double sizeS) {
            this(id, arrivalS, endS, sizeS, Map.of());
        }

        /** Seconds from the intended arrival to the end. */
        public double responseS() {
            return endS - arrivalS;
        }
    }

    /** From this time on the job had so many millicores. */
    public record Change(double atS, long job, double millicores) {}

    /** Response times of a run, in seconds; the slowdown is a response over its size at one core. */
    public record Summary(double meanS, double p50S, double p99S, double maxS, double meanSlowdown, double makespanS) {}
}
