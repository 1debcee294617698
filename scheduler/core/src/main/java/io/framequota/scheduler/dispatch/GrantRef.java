package io.framequota.scheduler.dispatch;

/**
 * Identifies a grant. No two grants are equal.
 *
 * @param job id of the job
 * @param chunk index of the chunk
 * @param attempt 1, 2, ... per chunk
 */
public record GrantRef(String job, int chunk, int attempt) {}
