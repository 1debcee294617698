package io.framequota.scheduler.dispatch;

import java.util.Map;

/**
 * A job as submitted.
 *
 * @param id id of the job
 * @param arrival position in order of submission, unique
 * @param model name of the requested model
 * @param labels labels as submitted
 * @param expectedFrames frames to infer, 0 if unknown; may change later: see {@link DispatchEvent.JobProbed}
 * @param parallelism workers that it can use at once, at least 1; {@link #UNLIMITED} if nothing limits it
 * @param submittedAtUs time of submission in microseconds of the dispatcher's clock; {@link #WHEN_HEARD} for the time
 *     at which the dispatcher first receives the job
 * @param estimated whether {@code expectedFrames} is an estimate; otherwise the source's container states it
 * @param frames properties of its frames; may change later
 */
public record JobDescriptor(
        String id,
        long arrival,
        String model,
        Map<String, String> labels,
        long expectedFrames,
        int parallelism,
        long submittedAtUs,
        boolean estimated,
        FrameFormat frames) {
    /** The {@link #parallelism()} of a job that can use every worker. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /** The {@link #submittedAtUs()} of a job that counts as submitted when the dispatcher first receives it. */
    public static final long WHEN_HEARD = Long.MAX_VALUE;

    public JobDescriptor {
        labels = Map.copyOf(labels);
    }

    /** A job with an exact length and unknown frames. */
    public JobDescriptor(
            String id,
            long arrival,
            String model,
            Map<String, String> labels,
            long expectedFrames,
            int parallelism,
            long submittedAtUs) {
        this(id, arrival, model, labels, expectedFrames, parallelism, submittedAtUs, false, FrameFormat.UNKNOWN);
    }

    /** The same, submitted when the dispatcher first receives it. */
    public JobDescriptor(
            String id, long arrival, String model, Map<String, String> labels, long expectedFrames, int parallelism) {
        this(id, arrival, model, labels, expectedFrames, parallelism, WHEN_HEARD);
    }

    /** The same job with another length and parallelism. */
    public JobDescriptor expecting(long frames, int workers) {
        return new JobDescriptor(id, arrival, model, labels, frames, workers, submittedAtUs, estimated, this.frames);
    }

    /** The same job at another position in order of submission. */
    JobDescriptor at(long position) {
        return new JobDescriptor(
                id, position, model, labels, expectedFrames, parallelism, submittedAtUs, estimated, frames);
    }

    /** The same job with what is now known of its source. */
    JobDescriptor known(long expected, boolean isEstimate, FrameFormat format) {
        return expected == expectedFrames && isEstimate == estimated && format.equals(frames)
                ? this
                : new JobDescriptor(
                        id, arrival, model, labels, expected, parallelism, submittedAtUs, isEstimate, format);
    }
}
