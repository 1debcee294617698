package io.framequota.scheduler.dispatch;

import java.util.List;

/** Gives grants out and takes them back: the one place where a chunk, its job and a worker change hands together. */
final class GrantLifecycle {
    private final DecisionLog log;
    private final CostEstimator costs;
    private final List<DispatchCommand> out;

    GrantLifecycle(DecisionLog log, CostEstimator costs, List<DispatchCommand> out) {
        this.log = log;
        this.costs = costs;
        this.out = out;
    }

    /** Grants a ready chunk to a worker. */
    void give(TrackedChunk chunk, TrackedWorker worker, int millicores, double charge, long nowUs) {
        TrackedJob job = chunk.job;
        boolean prefetched = worker.held() > 0;
        chunk.attempt++;
        DispatchCommand.Grant command = new DispatchCommand.Grant(
                worker.name(), chunk.spec, chunk.attempt, millicores, job.spec.model(), nowUs);
        long sequence = log.open(
                new GrantRef(job.spec.id(), chunk.spec.index(), chunk.attempt), worker.name(), prefetched, nowUs);
        OutstandingGrant grant = new OutstandingGrant(chunk, worker, command, sequence, prefetched, nowUs);
        grant.charge = charge;
        job.virtualTime += charge;
        hold(grant, nowUs);
        out.add(command);
    }

    /** Accepts a grant that was taken for lost and is still at its worker; the chunk must be free. */
    void adopt(TrackedChunk chunk, TrackedWorker worker, int attempt, boolean running, int millicores, long nowUs) {
        DispatchCommand.Grant command = new DispatchCommand.Grant(
                worker.name(), chunk.spec, attempt, millicores, chunk.job.spec.model(), nowUs);
        OutstandingGrant grant = new OutstandingGrant(chunk, worker, command, 0, false, nowUs);
        grant.started = running;
        hold(grant, nowUs);
        if (running) {
            behindStarted(grant);
        }
    }

    private void hold(OutstandingGrant grant, long nowUs) {
        TrackedJob job = grant.chunk.job;
        if (grant.worker.grants.isEmpty()) {
            costs.crowds().taken(nowUs);
        }
        grant.crowdFromUs = costs.crowds().workerUs(nowUs);
        grant.worker.grants.add(grant);
        job.held++;
        job.placed = true;
        job.move(grant.chunk, new TrackedChunk.State.Granted(grant));
    }

    /** The grant's first frame was read. */
    void start(OutstandingGrant grant, long firstFrameAtUs, long nowUs) {
        if (grant.started) {
            return;
        }
        TrackedWorker worker = grant.worker;
        // A worker may begin with the next while the last frames of the one before are under way: then nobody waited.
        boolean overlaps = worker.grants.stream().anyMatch(g -> g.started);
        long decided = grant.command.decidedAtUs();
        long from = grant.prefetched ? Math.max(worker.freeAtUs, decided) : decided;
        long delay = overlaps ? 0 : Math.max(0, firstFrameAtUs - from);
        grant.started = true;
        // Too late to give it back: it runs.
        grant.revoking = false;
        behindStarted(grant);
        log.started(grant.sequence, firstFrameAtUs, delay);
    }

    /** The grant's result is safe. */
    void finish(OutstandingGrant grant, long atUs, long nowUs) {
        TrackedJob job = grant.chunk.job;
        if (grant.started) {
            // The worker is taken from the decision on. Overlapping grants share it: its cores count once.
            double from = Math.max(grant.servedFromUs, grant.worker.servedToEndUs);
            double coreSeconds = (grant.worker.servedUs(nowUs) - from) / 1e6;
            job.attainedCoreSeconds += coreSeconds;
            job.measuredFrames += grant.chunk.spec.frames();
            job.servedAtUs = nowUs;
            costs.measured(job.spec.model(), job.kind(), coreSeconds, grant.chunk.spec.frames());
            long fromUs = Math.max(grant.givenAtUs, grant.worker.endedAtUs);
            double workerUs = Math.max(grant.crowdFromUs, grant.worker.crowdToEndUs);
            if (nowUs > fromUs) {
                double workers = (costs.crowds().workerUs(nowUs) - workerUs) / (nowUs - fromUs);
                costs.crowds().measured(job.spec.model(), workers, coreSeconds, grant.chunk.spec.frames());
            }
        }
        if (grant.chunk.isGrantedTo(grant)) {
            finished(grant.chunk, nowUs);
        }
        remove(grant, Decision.Outcome.FINISHED, nowUs);
        grant.worker.freeAtUs = atUs;
        grant.worker.servedToEndUs = grant.worker.servedUs(nowUs);
        grant.worker.endedAtUs = nowUs;
        grant.worker.crowdToEndUs = costs.crowds().workerUs(nowUs);
    }

    /** A chunk's result is safe, whichever attempt made it. */
    void finished(TrackedChunk chunk, long nowUs) {
        chunk.job.attainedFrames += chunk.spec.frames();
        chunk.job.move(chunk, new TrackedChunk.State.Finished(nowUs, false));
    }

    /** A chunk's result never came to the authority: it has to be made once more. */
    void lost(TrackedChunk chunk) {
        chunk.lost++;
        chunk.job.attainedFrames -= chunk.spec.frames();
        chunk.job.move(chunk, TrackedChunk.READY);
    }

    /** The grant is over without a result; its chunk goes to {@code state} unless something else holds it by now. */
    void takeBack(OutstandingGrant grant, TrackedChunk.State state, Decision.Outcome outcome, long nowUs) {
        grant.chunk.job.virtualTime -= grant.charge;
        if (grant.chunk.isGrantedTo(grant)) {
            grant.chunk.job.move(grant.chunk, state);
        }
        remove(grant, outcome, nowUs);
    }

    /** Frees the worker's slot and leaves the chunk as it is. */
    void remove(OutstandingGrant grant, Decision.Outcome outcome, long nowUs) {
        grant.worker.grants.remove(grant);
        grant.chunk.job.held--;
        if (grant.worker.grants.isEmpty()) {
            costs.crowds().freed(nowUs);
        }
        log.ended(grant.sequence, nowUs, outcome);
    }

    /** Asks a waiting grant back. */
    void revoke(OutstandingGrant grant, long nowUs) {
        grant.revoking = true;
        grant.sentAtUs = nowUs;
        out.add(new DispatchCommand.Revoke(grant.worker.name(), grant.ref));
    }

    /** Sends what a heartbeat does not confirm once more. */
    void resend(OutstandingGrant grant, long nowUs) {
        grant.sentAtUs = nowUs;
        out.add(grant.revoking ? new DispatchCommand.Revoke(grant.worker.name(), grant.ref) : grant.command);
    }

    /** Puts a grant behind those that started before it. */
    private static void behindStarted(OutstandingGrant grant) {
        grant.worker.grants.remove(grant);
        int started = (int) grant.worker.grants.stream().filter(g -> g.started).count();
        grant.worker.grants.add(started, grant);
    }
}
