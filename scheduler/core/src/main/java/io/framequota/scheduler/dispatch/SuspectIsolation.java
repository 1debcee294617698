package io.framequota.scheduler.dispatch;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs suspects one at a time, each alone in a process: chunks with which the process of a worker died. Several workers share a process, so a death takes innocent chunks with it; alone,
 * the next death is the suspect's. The process finishes what runs in it, returns what waits, and gets nothing else until
 * the suspect has ended.
 */
final class SuspectIsolation {
    private final JobRegistry jobs;
    private final WorkerRegistry workers;
    private final ShareAllocator shares;
    /** The process that is kept for a suspect; empty for none. */
    private String process = "";
    /** The suspect for which it is kept, null if it runs already or there is none. */
    private @Nullable TrackedChunk next;

    SuspectIsolation(JobRegistry jobs, WorkerRegistry workers, ShareAllocator shares) {
        this.jobs = jobs;
        this.workers = workers;
        this.shares = shares;
    }

    /** Chooses the next suspect and closes a process for it; returns whether that changes a decision. */
    boolean review() {
        String before = process;
        TrackedWorker runs = running();
        next = runs == null ? first() : null;
        process = runs != null ? runs.process() : next == null ? "" : choose(next.job);
        boolean changed = !process.equals(before);
        for (TrackedWorker worker : workers.all()) {
            boolean closed = !process.isEmpty() && worker.process().equals(process);
            changed |= worker.closed != closed;
            worker.closed = closed;
        }
        return changed;
    }

    /** The suspect that {@link #free} should run now, null for none. */
    @Nullable
    TrackedChunk next() {
        return next;
    }

    /** The worker that should run {@link #next}, null while something else still runs in its process. */
    @Nullable
    TrackedWorker free() {
        TrackedChunk chunk = next;
        if (chunk == null || !chunk.job.wanted() || !shares.mayRun(chunk.job)) {
            return null;
        }
        TrackedWorker best = null;
        for (TrackedWorker worker : workers.all()) {
            if (worker.closed && worker.held() > 0) {
                return null;
            }
            if (worker.closed && worker.ready() && worker.runs(chunk.job) && (best == null || !best.active)) {
                best = worker;
            }
        }
        return best;
    }

    private @Nullable TrackedWorker running() {
        for (TrackedWorker worker : workers.all()) {
            for (OutstandingGrant grant : worker.grants) {
                if (grant.alone) {
                    return worker;
                }
            }
        }
        return null;
    }

    private @Nullable TrackedChunk first() {
        for (TrackedJob job : jobs.byArrival()) {
            if (job.suspects > 0
                    && job.wanted()
                    && job.held < job.descriptor.parallelism()
                    && shares.mayRun(job)
                    && !choose(job).isEmpty()) {
                return job.firstSuspect();
            }
        }
        return null;
    }

    /**
     * The process for a suspect of a job: the one that is kept already, otherwise one without streams and with the fewest
     * grants; empty if no worker can run the job.
     */
    private String choose(TrackedJob job) {
        Map<String, Integer> load = new HashMap<>();
        for (TrackedWorker worker : workers.all()) {
            load.merge(worker.process(), worker.held() + (worker.reserved > 0 ? 1_000 : 0), Integer::sum);
        }
        String best = "";
        for (TrackedWorker worker : workers.all()) {
            if (worker.ready() && worker.runs(job)) {
                String candidate = worker.process();
                if (candidate.equals(process)) {
                    return process;
                }
                if (best.isEmpty() || load.getOrDefault(candidate, 0) < load.getOrDefault(best, 0)) {
                    best = candidate;
                }
            }
        }
        return best;
    }
}
