package io.framequota.lab.experiment;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One run of one policy or serving mode.
 *
 * @param seed seed of the workload
 * @param summary summary of the response times of all served jobs
 * @param refused number of jobs that the policy refused
 * @param jobs served jobs in order of arrival; empty if there are too many to keep
 * @param responses sorted response times of all jobs; an even sample if there are too many to keep
 * @param changes changes of shares in order of time; empty if there are too many to keep
 * @param throttledS throttled seconds, summed over jobs
 * @param cpuS CPU seconds used
 * @param predictedMeanS predicted mean response of exactly this run; empty if none is known
 * @param otherCores cores that all other processes used, on average; 0 in the simulator
 * @param handoverMs mean time from the end of a job until the next job's share was in force; 0 without handovers
 * @param measures further metrics of serving modes; empty for policies
 * @param replayedMeansS mean response by policy in the scheduler's replay of this run; empty without a replay
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
     * A job of a run. The response counts from the intended arrival.
     *
     * @param labels as submitted
     * @param forecast of the response on arrival; empty without a forecast
     */
    public record JobRun(
            long id,
            double arrivalS,
            double endS,
            double sizeS,
            Map<String, String> labels,
            Optional<Forecast> forecast) {
        public JobRun {
            labels = Map.copyOf(labels);
        }

        /** A job without forecast. */
        public JobRun(long id, double arrivalS, double endS, double sizeS, Map<String, String> labels) {
            this(id, arrivalS, endS, sizeS, labels, Optional.empty());
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

    /**
     * A forecast of a response, in seconds.
     *
     * @param responseS expected
     * @param range from the 10th to the 90th percentile; empty where only one value is forecast
     */
    public record Forecast(double responseS, Optional<Range> range) {
        /** A forecast without a range. */
        public Forecast(double responseS) {
            this(responseS, Optional.empty());
        }
    }

    /** From the 10th to the 90th percentile of a forecast. */
    public record Range(double p10S, double p90S) {
        boolean contains(double responseS) {
            return p10S <= responseS && responseS <= p90S;
        }
    }

    /** A change of a job's share to {@code millicores}. */
    public record Change(double atS, long job, double millicores) {}

    /** Response times of a run, in seconds; the slowdown is a response over its size at one core. */
    public record Summary(double meanS, double p50S, double p99S, double maxS, double meanSlowdown, double makespanS) {}
}
