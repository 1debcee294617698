package io.framequota.scheduler.dispatch;

/** A grant that was sent to a worker and has not ended. */
final class OutstandingGrant {
    final GrantRef ref;
    final TrackedChunk chunk;
    final TrackedWorker worker;
    final DispatchCommand.Grant command;
    /** Number in the decision log; 0 if the grant was found at a worker and decided before. */
    final long sequence;

    final boolean prefetched;
    /** The worker's {@link TrackedWorker#servedUs} at the time of the grant. */
    final double servedFromUs;
    /** Time of the grant. */
    final long givenAtUs;
    /** {@link ContentionEstimator#workerUs} at the time of the grant. */
    double busyFromUs;
    /** Whether the worker reported that it read the first frame. */
    boolean started;
    /** Whether it was revoked and the worker has not answered yet. */
    boolean revoking;
    /** Whether nothing else was granted to its worker's process, so that a death of the process is this chunk's. */
    boolean alone;
    /** When the grant, or its revocation, was last sent. */
    long sentAtUs;
    /** When a heartbeat last showed it; initially the time of the grant. */
    long shownAtUs;
    /** The amount that it added to its job's virtual time. */
    double charge;

    OutstandingGrant(
            TrackedChunk chunk,
            TrackedWorker worker,
            DispatchCommand.Grant command,
            long sequence,
            boolean prefetched,
            long nowUs) {
        this.ref = new GrantRef(chunk.spec.job(), chunk.spec.index(), command.attempt());
        this.chunk = chunk;
        this.worker = worker;
        this.command = command;
        this.sequence = sequence;
        this.prefetched = prefetched;
        this.servedFromUs = worker.servedUs(nowUs);
        this.givenAtUs = nowUs;
        this.sentAtUs = nowUs;
        this.shownAtUs = nowUs;
    }

    /** Whether its worker may have worked on it. */
    boolean mayHaveRun() {
        return started || worker.grants.getFirst() == this;
    }
}
