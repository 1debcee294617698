package io.framequota.scheduler.dispatch;

/** What the dispatcher wants done. Every command may be given again and must then change nothing. */
public sealed interface DispatchCommand {
    /** Leave for a worker to run a chunk. */
    record Grant(String worker, ChunkSpec chunk, int attempt, int millicores, String model, long decidedAtUs)
            implements DispatchCommand {}

    /** A worker shall give a waiting grant back; it answers whether it could. */
    record Revoke(String worker, GrantRef grant) implements DispatchCommand {}

    /** A worker shall stop everything of a job. */
    record DropJob(String worker, String job) implements DispatchCommand {}

    /** The authority shall end a job whose chunk failed for good. */
    record FailJob(String job, String cause) implements DispatchCommand {}
}
