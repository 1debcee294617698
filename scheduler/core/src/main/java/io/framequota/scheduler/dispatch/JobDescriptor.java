package io.framequota.scheduler.dispatch;

import java.util.Map;

/**
 * A job as it is first heard of.
 *
 * @param id of the job
 * @param arrival position in order of submission, unique
 * @param model it asks for
 * @param labels as submitted
 * @param expectedFrames frames to infer as known then, 0 when unknown; see {@link DispatchEvent.JobProbed}
 * @param parallelism workers it can use at once, at least 1; {@link #UNLIMITED} when nothing limits it
 * @param submittedAtUs when it was submitted, in microseconds of the dispatcher's clock; {@link #WHEN_HEARD} for the moment
 *     in which the dispatcher hears of it
 * @param estimated whether {@code expectedFrames} is an estimate; else the source's container counts its frames
 * @param frames what its frames are like as known then
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
        FrameKind frames) {
    /** {@link #parallelism()} of a job that can use every worker. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /** {@link #submittedAtUs()} of a job that is submitted when the dispatcher hears of it. */
    public static final long WHEN_HEARD = Long.MAX_VALUE;

    public JobDescriptor {
        labels = Map.copyOf(labels);
    }

    /** A job of whose source nothing but its length is known. */
    public JobDescriptor(
            String id,
            long arrival,
            String model,
            Map<String, String> labels,
            long expectedFrames,
            int parallelism,
            long submittedAtUs) {
        this(id, arrival, model, labels, expectedFrames, parallelism, submittedAtUs, false, FrameKind.UNKNOWN);
    }

    /** A job that is submitted when the dispatcher hears of it. */
    public JobDescriptor(
            String id, long arrival, String model, Map<String, String> labels, long expectedFrames, int parallelism) {
        this(id, arrival, model, labels, expectedFrames, parallelism, WHEN_HEARD);
    }

    /** The same job with another length and width. */
    public JobDescriptor expecting(long frames, int workers) {
        return new JobDescriptor(id, arrival, model, labels, frames, workers, submittedAtUs, estimated, this.frames);
    }

    /** The same job in another place in order of submission. */
    JobDescriptor at(long position) {
        return new JobDescriptor(
                id, position, model, labels, expectedFrames, parallelism, submittedAtUs, estimated, frames);
    }

    /** The same job as it is known by now. */
    JobDescriptor known(long expected, boolean isEstimate, FrameKind kind) {
        return expected == expectedFrames && isEstimate == estimated && kind.equals(frames)
                ? this
                : new JobDescriptor(id, arrival, model, labels, expected, parallelism, submittedAtUs, isEstimate, kind);
    }
}
