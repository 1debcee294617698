package io.framequota.scheduler.dispatch;

import java.util.List;

/** Issues grants and ends them. The only class that changes a chunk, its job and a worker together. */
final class GrantLifecycle {
    private final DecisionLog log;
    private final ModelMeasurements models;
    private final List<DispatchCommand> out;

    GrantLifecycle(DecisionLog log, ModelMeasurements models, List<DispatchCommand> out) {
        this.log = log;
        this.models = models;
        this.out = out;
    }

    /** Grants a ready chunk to a worker. */
    OutstandingGrant give(TrackedChunk chunk, TrackedWorker worker, int millicores, double charge, long nowUs) {
        TrackedJob job = chunk.job;
        boolean prefetched = worker.held() > 0;
        chunk.attempt++;
        DispatchCommand.Grant command = new DispatchCommand.Grant(
                worker.name(), chunk.spec, chunk.attempt, millicores, job.descriptor.model(), nowUs, condemned(chunk));
        long sequence = log.open(
                new GrantRef(job.descriptor.id(), chunk.spec.index(), chunk.attempt), worker.name(), prefetched, nowUs);
        OutstandingGrant grant = new OutstandingGrant(chunk, worker, command, sequence, prefetched, nowUs);
        grant.charge = charge;
        job.virtualTime += charge;
        hold(grant, nowUs);
        out.add(command);
        return grant;
    }

    /**
     * Accepts a grant that counted as lost and that its worker still holds. The chunk must not be granted to another
     * worker.
     */
    void adopt(TrackedChunk chunk, TrackedWorker worker, int attempt, boolean running, int millicores, long nowUs) {
        DispatchCommand.Grant command = new DispatchCommand.Grant(
                worker.name(), chunk.spec, attempt, millicores, chunk.job.descriptor.model(), nowUs, condemned(chunk));
        OutstandingGrant grant = new OutstandingGrant(chunk, worker, command, 0, false, nowUs);
        grant.started = running;
        hold(grant, nowUs);
        if (running) {
            behindStarted(grant);
        }
    }

    private static String condemned(TrackedChunk chunk) {
        return chunk.isCondemned() ? DispatcherSettings.CONDEMNED : "";
    }

    private void hold(OutstandingGrant grant, long nowUs) {
        TrackedJob job = grant.chunk.job;
        if (grant.worker.grants.isEmpty()) {
            models.contention.becameBusy(nowUs);
        }
        grant.busyFromUs = models.contention.workerUs(nowUs);
        grant.worker.grants.add(grant);
        job.held++;
        job.placed = true;
        job.move(grant.chunk, new TrackedChunk.State.Granted(grant));
    }

    /** The worker read the grant's first frame. */
    void start(OutstandingGrant grant, long firstFrameAtUs, long nowUs) {
        if (grant.started) {
            return;
        }
        TrackedWorker worker = grant.worker;
        // If the worker starts the next grant while the last frames of the previous one are in flight, there is no
        // delay.
        boolean overlaps = worker.grants.stream().anyMatch(g -> g.started);
        long decided = grant.command.decidedAtUs();
        long from = grant.prefetched ? Math.max(worker.freeAtUs, decided) : decided;
        long delay = overlaps ? 0 : Math.max(0, firstFrameAtUs - from);
        grant.started = true;
        // It runs and can no longer be revoked.
        grant.revoking = false;
        behindStarted(grant);
        log.started(grant.sequence, firstFrameAtUs, delay);
    }

    /**
     * The grant's result is published.
     *
     * @param frames that have results; without any, nothing is measured
     */
    void finish(OutstandingGrant grant, int frames, long atUs, long nowUs) {
        TrackedJob job = grant.chunk.job;
        // A condemned chunk is not inferred.
        if (grant.started && frames > 0 && grant.command.condemned().isEmpty()) {
            // The worker is occupied from the decision on. Its cores count once, even if grants overlap.
            double from = Math.max(grant.servedFromUs, grant.worker.servedToEndUs);
            double coreSeconds = (grant.worker.servedUs(nowUs) - from) / 1e6;
            job.attainedCoreSeconds += coreSeconds;
            job.measuredFrames += frames;
            job.servedAtUs = nowUs;
            job.touch();
            models.costs.measured(job.descriptor.model(), job.format(), coreSeconds, frames);
            long fromUs = Math.max(grant.givenAtUs, grant.worker.endedAtUs);
            double workerUs = Math.max(grant.busyFromUs, grant.worker.busyToEndUs);
            if (nowUs > fromUs) {
                double workers = (models.contention.workerUs(nowUs) - workerUs) / (nowUs - fromUs);
                models.contention.measured(job.descriptor.model(), workers, coreSeconds, frames);
            }
        }
        if (grant.chunk.isGrantedTo(grant)) {
            finished(grant.chunk, nowUs);
        }
        remove(grant, Decision.Outcome.FINISHED, nowUs);
        grant.worker.freeAtUs = atUs;
        grant.worker.servedToEndUs = grant.worker.servedUs(nowUs);
        grant.worker.endedAtUs = nowUs;
        grant.worker.busyToEndUs = models.contention.workerUs(nowUs);
    }

    /** A chunk's result is published, whichever attempt produced it. */
    void finished(TrackedChunk chunk, long nowUs) {
        chunk.job.attainedFrames += chunk.spec.frames();
        chunk.job.move(chunk, new TrackedChunk.State.Finished(nowUs, false));
    }

    /** A chunk's result never reached the authority, so the chunk must run again. */
    void lost(TrackedChunk chunk) {
        chunk.lost++;
        chunk.job.attainedFrames -= chunk.spec.frames();
        chunk.job.move(chunk, TrackedChunk.READY);
    }

    /** Ends a grant without a result. Its chunk changes to {@code state}, unless the chunk has another grant by now. */
    void takeBack(OutstandingGrant grant, TrackedChunk.State state, Decision.Outcome outcome, long nowUs) {
        grant.chunk.job.virtualTime -= grant.charge;
        if (grant.chunk.isGrantedTo(grant)) {
            grant.chunk.job.move(grant.chunk, state);
        }
        remove(grant, outcome, nowUs);
    }

    private void remove(OutstandingGrant grant, Decision.Outcome outcome, long nowUs) {
        grant.worker.grants.remove(grant);
        grant.chunk.job.held--;
        if (grant.worker.grants.isEmpty()) {
            models.contention.becameIdle(nowUs);
        }
        log.ended(grant.sequence, nowUs, outcome);
    }

    /** Revokes a waiting grant. */
    void revoke(OutstandingGrant grant, long nowUs) {
        grant.revoking = true;
        grant.sentAtUs = nowUs;
        out.add(new DispatchCommand.Revoke(grant.worker.name(), grant.ref));
    }

    /** Sends a grant, or its revocation, again. */
    void resend(OutstandingGrant grant, long nowUs) {
        grant.sentAtUs = nowUs;
        out.add(grant.revoking ? new DispatchCommand.Revoke(grant.worker.name(), grant.ref) : grant.command);
    }

    /** Moves a grant behind the grants that started before it. */
    private static void behindStarted(OutstandingGrant grant) {
        grant.worker.grants.remove(grant);
        int started = (int) grant.worker.grants.stream().filter(g -> g.started).count();
        grant.worker.grants.add(started, grant);
    }
}
