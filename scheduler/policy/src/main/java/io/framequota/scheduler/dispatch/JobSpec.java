package io.framequota.scheduler.dispatch;

import java.util.Map;

/**
 * What never changes about a job.
 *
 * @param id of the job
 * @param arrival position in order of submission, unique
 * @param model it asks for
 * @param labels as submitted
 * @param expectedFrames frames to infer as probed, 0 when unknown
 * @param parallelism workers it can use at once, at least 1; {@link #UNLIMITED} when nothing limits it
 * @param submittedAtUs when it was submitted, in microseconds of the dispatcher's clock; {@link #WHEN_HEARD} for the moment
 *     in which the dispatcher hears of it
 */
public record JobSpec(
        String id,
        long arrival,
        String model,
        Map<String, String> labels,
        long expectedFrames,
        int parallelism,
        long submittedAtUs) {
    /** {@link #parallelism()} of a job that can use every worker. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /** {@link #submittedAtUs()} of a job that is submitted when the dispatcher hears of it. */
    public static final long WHEN_HEARD = Long.MAX_VALUE;

    public JobSpec {
        labels = Map.copyOf(labels);
    }

    /** A job that is submitted when the dispatcher hears of it. */
    public JobSpec(
            String id, long arrival, String model, Map<String, String> labels, long expectedFrames, int parallelism) {
        this(id, arrival, model, labels, expectedFrames, parallelism, WHEN_HEARD);
    }
}
