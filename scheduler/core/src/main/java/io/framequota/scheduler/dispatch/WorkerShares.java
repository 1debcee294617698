package io.framequota.scheduler.dispatch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * From jobs' shares to workers': a job's share is divided among the busy workers that serve it, in proportion to their
 * cores, and no worker has more than its cores. What a worker bound to one job runs for another, because that was there
 * first or fills a gap, runs on the bound job's share.
 */
final class WorkerShares {
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
                    job == null ? null : job.spec.id(),
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

    private WorkerShares() {}
}
