package io.framequota.scheduler.dispatch;

import org.jspecify.annotations.Nullable;

/**
 * A live job in the authority's backlog. It has no chunks and no end that is known, and policies never see it.
 *
 * @param id id of the job
 * @param arrival position in order of submission, unique among all jobs
 * @param model name of the requested model
 * @param attemptsBase a redrive raises it
 * @param stream its stream, null while it is not open
 */
public record StreamJob(
        String id,
        long arrival,
        String model,
        int attemptsBase,
        @Nullable StreamSpec stream) {}
