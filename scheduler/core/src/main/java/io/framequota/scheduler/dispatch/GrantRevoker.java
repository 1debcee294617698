package io.framequota.scheduler.dispatch;

import io.framequota.scheduler.policy.ExecutionMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Asks waiting grants back that another choice made wrong. Shares among jobs that have one are never corrected this way:
 * they even out with the next grants, and asking back costs a round trip.
 */
final class GrantRevoker {
    private final ShareAllocator shares;
    private final GrantSelector chooser;
    private final WorkerRegistry workers;
    private final GrantLifecycle grants;

    GrantRevoker(ShareAllocator shares, GrantSelector chooser, WorkerRegistry workers, GrantLifecycle grants) {
        this.shares = shares;
        this.chooser = chooser;
        this.workers = workers;
        this.grants = grants;
    }

    /** To be called after everything that can be granted was. */
    void revoke(long nowUs) {
        List<OutstandingGrant> waiting = new ArrayList<>();
        int underway = 0;
        for (TrackedWorker worker : workers.all()) {
            for (OutstandingGrant grant : worker.grants) {
                if (grant.revoking) {
                    underway++;
                } else if (worker.isWaiting(grant)) {
                    if (isWrong(grant)) {
                        grants.revoke(grant, nowUs);
                    } else {
                        waiting.add(grant);
                    }
                }
            }
        }
        if (shares.placement() == ExecutionMode.SLICED && !waiting.isEmpty()) {
            giveWay(waiting, underway, nowUs);
            feedIdle(waiting, underway, nowUs);
        }
    }

    /** Whether nobody wants it there, whatever else could run. */
    private boolean isWrong(OutstandingGrant grant) {
        TrackedWorker worker = grant.worker;
        return !grant.chunk.isGrantedTo(grant)
                || !worker.active
                || !shares.mayRun(grant.chunk.job)
                || chooser.binds() && worker.boundTo != grant.chunk.job;
    }

    /** Grants of jobs that only fill gaps make room for chunks of those that come before them. */
    private void giveWay(List<OutstandingGrant> waiting, int underway, long nowUs) {
        long better = -underway;
        for (TrackedJob job : shares.holders()) {
            better += job.ready.size();
        }
        List<OutstandingGrant> fillers = waiting.stream()
                .filter(g -> g.chunk.job.share <= 0)
                .sorted(Comparator.comparingInt((OutstandingGrant g) -> g.chunk.job.rank)
                        .reversed())
                .toList();
        for (OutstandingGrant filler : fillers) {
            if (better <= 0) {
                return;
            }
            grants.revoke(filler, nowUs);
            better--;
        }
    }

    private boolean couldRun(TrackedWorker worker, OutstandingGrant grant) {
        TrackedJob job = grant.chunk.job;
        return worker.runs(job)
                && !grant.chunk.failedOn.equals(worker.name())
                && (!chooser.binds() || worker.boundTo == job);
    }

    /** A worker with nothing to do takes over what waits at a busy one: the end of a job would wait for it. */
    private void feedIdle(List<OutstandingGrant> waiting, int underway, long nowUs) {
        List<TrackedWorker> idle =
                workers.all().stream().filter(w -> w.active && w.held() == 0).toList();
        int wanted = idle.size() - underway;
        // The one that would wait longest: behind the grant that started last.
        waiting.sort(Comparator.comparingLong((OutstandingGrant g) ->
                        g.worker.grants.getFirst().command.decidedAtUs())
                .reversed());
        for (OutstandingGrant grant : waiting) {
            boolean useful =
                    !grant.revoking && grant.worker.held() > 1 && idle.stream().anyMatch(w -> couldRun(w, grant));
            if (wanted > 0 && useful) {
                grants.revoke(grant, nowUs);
                wanted--;
            }
        }
    }
}
