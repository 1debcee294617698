package io.framequota.scheduler.dispatch;

import io.framequota.scheduler.policy.ExecutionMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Revokes waiting grants that no longer match the latest allocation. Differences among jobs with shares are not
 * corrected this way: they even out with the next grants, and a revocation costs a round trip.
 */
final class GrantRevoker {
    private final ShareAllocator shares;
    private final GrantSelector selector;
    private final WorkerRegistry workers;
    private final GrantLifecycle grants;

    GrantRevoker(ShareAllocator shares, GrantSelector selector, WorkerRegistry workers, GrantLifecycle grants) {
        this.shares = shares;
        this.selector = selector;
        this.workers = workers;
        this.grants = grants;
    }

    /** Called after all possible grants were issued. */
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
        if (shares.mode() == ExecutionMode.SLICED && !waiting.isEmpty()) {
            giveWay(waiting, underway, nowUs);
            feedIdle(waiting, underway, nowUs);
        }
    }

    /** Whether the grant must not stay at its worker, whatever else could run. */
    private boolean isWrong(OutstandingGrant grant) {
        TrackedWorker worker = grant.worker;
        return !grant.chunk.isGrantedTo(grant)
                || !worker.active
                || worker.closed && !grant.alone
                || !shares.mayRun(grant.chunk.job)
                || selector.binds() && worker.boundTo != grant.chunk.job;
    }

    /** Revokes grants of jobs without a share, lowest rank first, if chunks of jobs with a share are ready. */
    private void giveWay(List<OutstandingGrant> waiting, int underway, long nowUs) {
        List<OutstandingGrant> fillers = waiting.stream()
                .filter(g -> g.chunk.job.share <= 0)
                .sorted(Comparator.comparingInt((OutstandingGrant g) -> g.chunk.job.rank)
                        .reversed())
                .toList();
        if (fillers.isEmpty()) {
            return;
        }
        long better = -underway;
        for (TrackedJob job : shares.holders()) {
            better += job.readyChunks();
        }
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
                && (!selector.binds() || worker.boundTo == job);
    }

    /**
     * Revokes grants that wait at busy workers if an idle worker could run them, so that no job ends late because of
     * them.
     */
    private void feedIdle(List<OutstandingGrant> waiting, int underway, long nowUs) {
        List<TrackedWorker> idle = workers.all().stream()
                .filter(w -> w.active && !w.closed && w.held() == 0)
                .toList();
        int wanted = idle.size() - underway;
        if (wanted <= 0) {
            return;
        }
        // First the grant that would wait longest: the one behind the latest grant.
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
