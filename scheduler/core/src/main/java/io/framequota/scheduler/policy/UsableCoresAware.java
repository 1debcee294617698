package io.framequota.scheduler.policy;

/**
 * A policy that wants each job's {@link SnapshotJob#limit} lowered to the cores that jobs of its model were measured to
 * keep busy ({@link SnapshotJob#usableCores}). Other policies see only the limit that the submitter asked for, because
 * their names promise who is served, whatever was measured.
 */
public interface UsableCoresAware extends Policy {}
