package io.framequota.scheduler.dispatch;

/** A chunk that is not committed, and its state. */
final class TrackedChunk {
    /** Where a chunk is between written and committed. */
    sealed interface State {
        /** May be granted. */
        record Ready() implements State {}

        /** Failed and rests until a time. */
        record Resting(long untilUs) implements State {}

        /** Granted; nobody else may get it. */
        record Granted(OutstandingGrant grant) implements State {}

        /**
         * Its result is safe, the authority has yet to commit it.
         *
         * @param sinceUs when its worker said so, or the authority said later that it still waits for it
         * @param missed whether the authority has said that
         */
        record Finished(long sinceUs, boolean missed) implements State {}
    }

    static final State READY = new State.Ready();

    final TrackedJob job;
    ChunkSpec spec;
    /** Attempts up to this one are not of this leadership. */
    final int base;

    State state = READY;
    /** Number of the latest attempt. */
    int attempt;
    /** Highest attempt that its worker said it will not run any more. */
    int ended;

    int failures;
    /** How often its result was taken for lost. */
    int lost;
    /** Worker that failed it last, empty when none did. */
    String failedOn = "";

    TrackedChunk(TrackedJob job, ChunkSpec spec, int base) {
        this.job = job;
        this.spec = spec;
        this.base = base;
        this.attempt = base;
        this.ended = base;
    }

    /** Whether the authority should have committed its result by now; each loss doubles the patience. */
    boolean isLate(long patienceUs, long nowUs) {
        return state instanceof State.Finished(long sinceUs, boolean ignored)
                && nowUs - sinceUs >= patienceUs << Math.min(lost, 10);
    }

    /** Whether this grant is the one that the chunk waits for. */
    boolean isGrantedTo(OutstandingGrant grant) {
        return state instanceof State.Granted(OutstandingGrant current) && current == grant;
    }
}
