package io.framequota.scheduler.dispatch;

/** A written chunk that is not committed yet, with its state. */
final class TrackedChunk {
    /** The state of a chunk between written and committed. */
    sealed interface State {
        /** It may be granted. */
        record Ready() implements State {}

        /** It failed and may be granted again after {@code untilUs}. */
        record Resting(long untilUs) implements State {}

        /** It is granted to a worker. */
        record Granted(OutstandingGrant grant) implements State {}

        /**
         * Its result is published, and the authority has not committed it yet.
         *
         * @param sinceUs when its worker reported the result or, later, when the authority reported that it still waits
         *     for it
         * @param missed whether the authority has reported that it waits
         */
        record Finished(long sinceUs, boolean missed) implements State {}
    }

    static final State READY = new State.Ready();

    final TrackedJob job;
    ChunkSpec spec;
    /** Attempts up to this number were made under earlier leaders. */
    final int base;

    State state = READY;
    /** Number of the latest attempt. */
    int attempt;
    /** Highest attempt that is over according to its worker. */
    int ended;

    int failures;
    /**
     * How often the process of its worker died with it. In the company of other chunks a death counts only if it is the
     * first. Only {@link TrackedJob#died} changes it.
     */
    int deaths;
    /** How often its result was considered lost. */
    int lost;
    /** Name of the worker on which it failed last, empty if it never failed. */
    String failedOn = "";

    TrackedChunk(TrackedJob job, ChunkSpec spec, int base) {
        this.job = job;
        this.spec = spec;
        this.base = base;
        this.attempt = base;
        this.ended = base;
    }

    /** Whether the authority should have committed its result by now. Each loss doubles the allowed time. */
    boolean isLate(long patienceUs, long nowUs) {
        return state instanceof State.Finished(long sinceUs, boolean ignored)
                && nowUs - sinceUs >= patienceUs << Math.min(lost, 10);
    }

    /** Whether it may have ended the process of a worker, so that it runs alone in its process. */
    boolean isSuspect() {
        return deaths > 0;
    }

    /** Whether it ended the process of a worker so often that it is not decoded or inferred any more. */
    boolean isCondemned() {
        return deaths >= DispatcherSettings.DEATHS;
    }

    /** Whether this grant is the chunk's current one. */
    boolean isGrantedTo(OutstandingGrant grant) {
        return state instanceof State.Granted(OutstandingGrant current) && current == grant;
    }
}
