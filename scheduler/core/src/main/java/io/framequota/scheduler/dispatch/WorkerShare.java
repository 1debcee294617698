package io.framequota.scheduler.dispatch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
 */
public record WorkerShare(
        WorkerId worker,
        boolean ready,
        int cores,
        boolean busy,
        @Nullable String job,
        double millicores) {
    /** Millicores of all of its cores. */
    public int full() {
        return 1000 * cores;
    }

    /**
     * Divides jobs' shares among workers: a job's share goes to the busy workers that serve it, in proportion to their
     * cores, and no worker gets more than its cores. If a worker that is bound to one job runs a chunk of another, the
     * chunk uses the bound job's share.
     */
    static List<WorkerShare> of(Collection<TrackedWorker> workers) {
        Map<TrackedJob, Double> busy = new HashMap<>();
        for (TrackedWorker worker : workers) {
            TrackedJob job = served(worker);
            if (job != null && isBusy(worker)) {
                busy.merge(job, (double) worker.millicores(), Double::sum);
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
                    job == null || !isBusy(worker) ? 0 : part(worker, job, busy.getOrDefault(job, 0.0))));
        }
        return shares;
    }

    private static double part(TrackedWorker worker, TrackedJob job, double all) {
        return Math.min(worker.millicores(), Math.max(0, job.share) * worker.millicores() / all);
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
