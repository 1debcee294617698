package io.framequota.scheduler.dispatch;

/** A command of the dispatcher. Every command may be sent more than once; a repeated command must change nothing. */
public sealed interface DispatchCommand {
    /**
     * Permits a worker to run a chunk.
     *
     * @param millicores the CPU that it may use
     * @param condemned why the worker must not decode or infer the chunk, but give each frame a line with this error;
     *     empty for an ordinary grant
     */
    record Grant(
            String worker,
            ChunkSpec chunk,
            int attempt,
            int millicores,
            String model,
            long decidedAtUs,
            String condemned)
            implements DispatchCommand {
        /** An ordinary grant. */
        public Grant(String worker, ChunkSpec chunk, int attempt, int millicores, String model, long decidedAtUs) {
            this(worker, chunk, attempt, millicores, model, decidedAtUs, "");
        }
    }

    /**
     * Asks a worker to return a waiting grant. The worker answers with {@link DispatchEvent.Revoked} if it had not
     * started.
     */
    record Revoke(String worker, GrantRef grant) implements DispatchCommand {}

    /** Tells a worker to stop everything that belongs to a job. */
    record DropJob(String worker, String job) implements DispatchCommand {}

    /**
     * Permits a worker to infer a live stream until it is told otherwise. Sent again, it changes only properties and
     * {@code millicores}, the CPU that is reserved for it.
     */
    record GrantStream(String worker, String job, String model, StreamSpec stream, int millicores)
            implements DispatchCommand {}

    /** Tells a worker to stop the stream of a live job. */
    record StopStream(String worker, String job) implements DispatchCommand {}

    /**
     * Asks the authority to keep, for later leaders, how often the process of a worker died with a chunk. The number may
     * fall: a worker that was silent may come back. A lost command costs one more death.
     */
    record KeepDeaths(String job, int chunk, int deaths) implements DispatchCommand {}

    /** Asks the authority to fail a job. */
    record FailJob(String job, String cause) implements DispatchCommand {}
}
