package io.framequota.scheduler.dispatch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The CPU that one worker may use.
 *
 * @param worker name and process of the worker
 * @param ready whether its inference server answers; while it loads, its CPU is not limited
 * @param cores requests that it runs at once
 * @param busy whether it holds a grant
 * @param job the job whose share it uses: the job to which it is bound, otherwise the job that it runs; null if neither
 * @param millicores exact part of that job's share; 0 while the worker is idle or its job has no share
 * @param reserved millicores reserved for its streams, in addition
 */
public record WorkerShare(
        WorkerId worker,
        boolean ready,
        int cores,
        boolean busy,
        @Nullable String job,
        double millicores,
        int reserved) {
    /** The share of a worker without streams. */
    public WorkerShare(
            WorkerId worker, boolean ready, int cores, boolean busy, @Nullable String job, double millicores) {
        this(worker, ready, cores, busy, job, millicores, 0);
    }

    /** Millicores of all of its cores. */
    public int full() {
        return 1000 * cores;
    }

    /** The CPU that the worker may use: for its chunk and its streams together, at most all of its cores. */
    public double limit() {
        return Math.min(full(), millicores + reserved);
    }

    /** Whether it has something to compute. */
    public boolean runs() {
        return busy || reserved > 0;
    }

    /**
     * Divides jobs' shares among workers: a job's share goes to the busy workers that serve it, in proportion to their
     * cores that no stream has reserved, and no worker gets more than these. If a worker that is bound to one job runs a chunk of another, the
     * chunk uses the bound job's share.
     */
    static List<WorkerShare> of(Collection<TrackedWorker> workers) {
        for (TrackedWorker worker : workers) {
            TrackedJob job = served(worker);
            if (job != null) {
                job.busyMillicores = 0;
            }
        }
        for (TrackedWorker worker : workers) {
            TrackedJob job = served(worker);
            if (job != null && isBusy(worker)) {
                job.busyMillicores += worker.forChunks();
            }
        }
        List<WorkerShare> shares = new ArrayList<>(workers.size());
        for (TrackedWorker worker : workers) {
            TrackedJob job = served(worker);
            shares.add(new WorkerShare(
                    worker.id,
                    worker.info.ready(),
                    worker.info.cores(),
                    isBusy(worker),
                    job == null ? null : job.descriptor.id(),
                    job == null || !isBusy(worker) || worker.forChunks() == 0 ? 0 : part(worker, job),
                    worker.reserved));
        }
        return shares;
    }

    private static double part(TrackedWorker worker, TrackedJob job) {
        return Math.min(worker.forChunks(), Math.max(0, job.share) * worker.forChunks() / job.busyMillicores);
    }

    private static boolean isBusy(TrackedWorker worker) {
        return !worker.grants.isEmpty();
    }

    private static @Nullable TrackedJob served(TrackedWorker worker) {
        if (worker.boundTo != null) {
            return worker.boundTo;
        }
        return worker.grants.isEmpty() ? null : worker.grants.getFirst().chunk.job;
    }
}
