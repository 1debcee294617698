package io.framequota.scheduler.dispatch;

import io.framequota.scheduler.policy.ExecutionMode;
import java.util.Collections;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** Selects the next chunk of each worker from the jobs' shares. */
final class GrantSelector {
    private static final Comparator<TrackedJob> BY_RANK = Comparator.comparingInt(j -> j.rank);
    private static final Comparator<TrackedJob> BY_VIRTUAL_TIME = (a, b) -> {
        int order = Double.compare(a.virtualTime, b.virtualTime);
        return order != 0 ? order : Integer.compare(a.rank, b.rank);
    };

    private final ShareAllocator shares;
    private final WorkerRegistry workers;
    private final ReadyJobs withShare = new ReadyJobs(BY_VIRTUAL_TIME);
    /** Jobs without a share that may run. */
    private final ReadyJobs spilled = new ReadyJobs(BY_RANK);
    /** Whether this decision has already looked at the jobs with a share, and at those without. */
    private boolean sharesSeen;

    private boolean spilledSeen;
    /** {@link #moreComes()}, null until this decision asks for it. */
    private @Nullable Boolean moreComes;
    /** Whether workers were bound in the latest decision. */
    private boolean bound;

    GrantSelector(ShareAllocator shares, WorkerRegistry workers) {
        this.shares = shares;
        this.workers = workers;
    }

    /** Begins a decision: binds workers to jobs, if shares are enforced or the policy binds jobs. */
    void begin() {
        moreComes = null;
        sharesSeen = false;
        spilledSeen = false;
        if (workers.sharesEnforced()) {
            bindUnderEnforcedShares();
        } else if (shares.mode() == ExecutionMode.BOUND) {
            bindByPolicy();
        } else if (bound) {
            workers.all().forEach(w -> w.boundTo = null);
        }
        bound = binds();
    }

    private void bindByPolicy() {
        shares.holders().forEach(j -> j.bound = 0);
        for (TrackedWorker worker : workers.all()) {
            TrackedJob job = worker.boundTo;
            if (job != null && worker.active && job.share > 0 && worker.runs(job)) {
                job.bound++;
            } else {
                worker.boundTo = null;
            }
        }
        FreeWorkers free = new FreeWorkers(workers.all());
        double core =
                shares.capacity().millicores() / Math.max(1, shares.capacity().units());
        for (TrackedJob job : shares.holders()) {
            int wanted = (int) Math.max(1, Math.round(job.share / core));
            while (job.bound < wanted && takeFree(job, free)) {
                // It takes one more worker each time.
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
                if (job != null && worker.holdsOf(job) == holding) {
                    worker.boundTo = null;
                    if (job.bound == 0 || wantsMore(job)) {
                        take(worker, job);
                    }
                }
            }
        }
        FreeWorkers free = new FreeWorkers(workers.all());
        for (TrackedJob job : shares.holders()) {
            if (job.bound == 0) {
                takeFree(job, free);
            }
        }
        for (TrackedJob job : shares.holders()) {
            while (wantsMore(job) && takeFree(job, free)) {
                // It takes one more worker each time.
            }
        }
    }

    private static boolean wantsMore(TrackedJob job) {
        return job.boundMillicores < job.share - 1;
    }

    private static boolean takeFree(TrackedJob job, FreeWorkers free) {
        TrackedWorker worker = free.take(job);
        if (worker != null) {
            take(worker, job);
            job.placed = true;
            job.touch();
        }
        return worker != null;
    }

    private static void take(TrackedWorker worker, TrackedJob job) {
        worker.boundTo = job;
        job.bound++;
        job.boundMillicores += worker.forChunks();
    }

    /**
     * Selects the chunk that a worker should run next, null if there is none. The caller grants it before it asks
     * again.
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
        TrackedChunk chunk = withShare().next(worker, only);
        if (chunk != null || !shares.spill() || waiting && (withShare().any() || moreComes())) {
            return chunk;
        }
        return spilled().next(worker, only);
    }

    /** Whether a job with a share may have further chunks that are not ready now. Nothing in a decision changes it. */
    private boolean moreComes() {
        Boolean known = moreComes;
        if (known == null) {
            known = shares.holders().stream().anyMatch(TrackedJob::expectsMore);
            moreComes = known;
        }
        return known;
    }

    private ReadyJobs withShare() {
        if (!sharesSeen) {
            sharesSeen = true;
            withShare.begin(Collections.emptyIterator());
            shares.holders().forEach(withShare::add);
        }
        return withShare;
    }

    private ReadyJobs spilled() {
        if (!spilledSeen) {
            spilledSeen = true;
            spilled.begin(shares.withoutShare());
        }
        return spilled;
    }

    /** How often a job was looked at in order to grant its chunks. */
    long looks() {
        return withShare.looks() + spilled.looks();
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
        return chunk != null || !mayFill ? chunk : spilled().next(worker, true);
    }
}
