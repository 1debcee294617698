package io.framequota.scheduler.dispatch;

import java.util.List;
import java.util.Map;

/**
 * A job that ended, as forecasts and shadow policies need it. Times are in microseconds of the dispatcher's clock.
 *
 * @param id id of the job
 * @param labels labels as submitted
 * @param heardAtUs when the dispatcher first received it
 * @param readyAtUs when its first chunk was announced
 * @param servedAtUs when its last measured chunk finished
 * @param endedAtUs when its end was announced
 * @param parallelism workers that it could use at once
 * @param coreSeconds its cost: measured, with frames without a measurement at the same cost; 0 if nothing of it ran
 * @param chunks number of committed chunks
 * @param whole whether this dispatcher saw it from its first chunk to its success: false for a job that was redriven,
 *     failed or ran under an earlier leader
 * @param policy name of the policy when it ended
 * @param fleet active workers when it ended
 * @param source what was known of its source, and when
 */
public record EndedJob(
        String id,
        Map<String, String> labels,
        long heardAtUs,
        long readyAtUs,
        long servedAtUs,
        long endedAtUs,
        int parallelism,
        double coreSeconds,
        int chunks,
        boolean whole,
        String policy,
        WorkerFleet fleet,
        Source source) {
    public EndedJob {
        labels = Map.copyOf(labels);
    }

    /**
     * What was known of a job's source.
     *
     * @param model name of the requested model
     * @param format the format of its frames
     * @param frames inferred frames
     * @param perFrameThenS the measured core-seconds per frame when a policy first saw the job, 0 if none were measured
     * @param known its length over time, as it became known
     * @param decodedAtUs when its last chunk was announced
     */
    public record Source(
            String model, FrameFormat format, long frames, double perFrameThenS, List<Known> known, long decodedAtUs) {
        public Source {
            known = List.copyOf(known);
        }
    }

    /**
     * From {@code atUs} on, so many frames were expected; {@code estimated} unless the source's container states them.
     */
    public record Known(long atUs, long frames, boolean estimated) {}

    /** Seconds from its last finished chunk to its end, which more workers would not have shortened. */
    public double afterS() {
        return Math.max(0, endedAtUs - servedAtUs) / 1e6;
    }

    /** Seconds from its arrival at the dispatcher to its end. */
    public double responseS() {
        return (endedAtUs - heardAtUs) / 1e6;
    }
}
