package io.framequota.scheduler.dispatch;

/** A grant that is out: sent to a worker and not ended. */
final class OutstandingGrant {
    final GrantRef ref;
    final TrackedChunk chunk;
    final TrackedWorker worker;
    final DispatchCommand.Grant command;
    /** In the decision log, 0 for a grant that was decided elsewhere and only found at the worker. */
    final long sequence;

    final boolean prefetched;
    /** What {@link TrackedWorker#servedUs} was when it was given. */
    final double servedFromUs;
    /** When it was given. */
    final long givenAtUs;
    /** What {@link ContentionEstimator#workerUs} was then. */
    double crowdFromUs;
    /** Its first frame was read, as its worker told. */
    boolean started;
    /** Whether it was asked back and the worker has not answered. */
    boolean revoking;
    /** When the grant, or its revocation, was sent last. */
    long sentAtUs;
    /** When a heartbeat showed it last, or it was given. */
    long shownAtUs;
    /** What it added to its job's virtual time. */
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
}
