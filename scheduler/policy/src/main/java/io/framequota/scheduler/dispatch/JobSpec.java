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
 */
public record JobSpec(
        String id, long arrival, String model, Map<String, String> labels, long expectedFrames, int parallelism) {
    /** {@link #parallelism()} of a job that can use every worker. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    public JobSpec {
        labels = Map.copyOf(labels);
    }
}
