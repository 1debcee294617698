package io.framequota.scheduler.dispatch;

import io.framequota.scheduler.policy.ExecutionMode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Selects the next chunk of each worker from the jobs' shares. */
final class GrantSelector {
    private final ShareAllocator shares;
    private final WorkerRegistry workers;

    GrantSelector(ShareAllocator shares, WorkerRegistry workers) {
        this.shares = shares;
        this.workers = workers;
    }

    /** Binds workers to jobs, if shares are enforced or the policy binds jobs. */
    void bind() {
        if (workers.sharesEnforced()) {
            bindUnderEnforcedShares();
            return;
        }
        if (shares.mode() != ExecutionMode.BOUND) {
            workers.all().forEach(w -> w.boundTo = null);
            return;
        }
        shares.holders().forEach(j -> j.bound = 0);
        for (TrackedWorker worker : workers.all()) {
            TrackedJob job = worker.boundTo;
            if (job != null && worker.active && job.share > 0 && worker.runs(job)) {
                job.bound++;
            } else {
                worker.boundTo = null;
            }
        }
        double core =
                shares.capacity().millicores() / Math.max(1, shares.capacity().units());
        for (TrackedJob job : shares.holders()) {
            int wanted = (int) Math.max(1, Math.round(job.share / core));
            while (job.bound < wanted) {
                TrackedWorker free = freeFor(job);
                if (free == null) {
                    break;
                }
                free.boundTo = job;
                job.bound++;
                job.placed = true;
                job.touch();
            }
        }
    }

    /**
     * Binds one worker to every job with a share, if there are enough; then, by rank, as many as the share fills.
     * Workers that hold a grant of their job keep it before other workers do.
     */
    private void bindUnderEnforcedShares() {
        shares.holders().forEach(j -> {
            j.bound = 0;
            j.boundMillicores = 0;
        });
        for (TrackedWorker worker : workers.all()) {
            TrackedJob job = worker.boundTo;
            if (job == null || !worker.active || job.share <= 0 || job.rank < 0 || !worker.runs(job)) {
                worker.boundTo = null;
            }
        }
        for (boolean holding : new boolean[] {true, false}) {
            for (TrackedWorker worker : workers.all()) {
                TrackedJob job = worker.boundTo;
                if (job != null && holdsOf(worker, job) == holding) {
                    worker.boundTo = null;
                    if (job.bound == 0 || wantsMore(job)) {
                        take(worker, job);
                    }
                }
            }
        }
        for (TrackedJob job : shares.holders()) {
            if (job.bound == 0) {
                takeFree(job);
            }
        }
        for (TrackedJob job : shares.holders()) {
            boolean found = true;
            while (found && wantsMore(job)) {
                found = takeFree(job);
            }
        }
    }

    private static boolean wantsMore(TrackedJob job) {
        return job.boundMillicores < job.share - 1;
    }

    private boolean takeFree(TrackedJob job) {
        TrackedWorker free = freeFor(job);
        if (free != null) {
            take(free, job);
            job.placed = true;
            job.touch();
        }
        return free != null;
    }

    private static void take(TrackedWorker worker, TrackedJob job) {
        worker.boundTo = job;
        job.bound++;
        job.boundMillicores += worker.millicores();
    }

    private @Nullable TrackedWorker freeFor(TrackedJob job) {
        TrackedWorker best = null;
        for (TrackedWorker worker : workers.all()) {
            if (worker.active && worker.boundTo == null && worker.runs(job)) {
                if (holdsOf(worker, job)) {
                    return worker;
                }
                if (best == null || worker.held() < best.held()) {
                    best = worker;
                }
            }
        }
        return best;
    }

    private static boolean holdsOf(TrackedWorker worker, TrackedJob job) {
        return worker.grants.stream().anyMatch(g -> g.chunk.job == job);
    }

    /**
     * Selects the chunk that a worker should run next, null if there is none.
     *
     * @param waiting whether the grant would wait behind another grant. Then a job without a share gets no grant while
     *     a job with a share may have further chunks, because these would have to wait for it.
     */
    @Nullable
    TrackedChunk choose(TrackedWorker worker, boolean waiting) {
        boolean only = shares.capacity().units() <= 1;
        if (binds()) {
            return ofBound(worker, waiting);
        }
        TrackedChunk best = null;
        boolean mayBring = false;
        for (TrackedJob job : shares.holders()) {
            mayBring |= job.mayBring();
            if (best == null || job.virtualTime < best.job.virtualTime) {
                TrackedChunk chunk = job.readyFor(worker, only);
                best = chunk == null ? best : chunk;
            }
        }
        if (best != null || !shares.spill() || waiting && mayBring) {
            return best;
        }
        return firstSpilled(worker, shares.ranked(), only);
    }

    /** Whether workers are bound to jobs. */
    boolean binds() {
        return workers.sharesEnforced() || shares.mode() == ExecutionMode.BOUND;
    }

    private @Nullable TrackedChunk ofBound(TrackedWorker worker, boolean waiting) {
        TrackedJob job = worker.boundTo;
        if (job == null) {
            return null;
        }
        TrackedChunk chunk = job.readyFor(worker, true);
        boolean mayFill = shares.mode() == ExecutionMode.SLICED && shares.spill() && !waiting;
        return chunk != null || !mayFill ? chunk : firstSpilled(worker, shares.ranked(), true);
    }

    private static @Nullable TrackedChunk firstSpilled(TrackedWorker worker, List<TrackedJob> ranked, boolean only) {
        for (TrackedJob job : ranked) {
            TrackedChunk chunk = job.share > 0 ? null : job.readyFor(worker, only);
            if (chunk != null) {
                return chunk;
            }
        }
        return null;
    }
}
