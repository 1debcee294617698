package io.framequota.scheduler.dispatch;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A live worker. */
final class TrackedWorker {
    final WorkerId id;
    WorkerInfo info;
    long seenAtUs;
    /** Its outstanding grants, at most two. The first one runs, or runs next. */
    final List<OutstandingGrant> grants = new ArrayList<>(2);
    /** Grants that its last heartbeat showed and that are not in {@link #grants}. */
    final List<GrantRef> unknownGrants = new ArrayList<>(2);

    /** Whether the budget includes this worker, so that it may get grants. */
    boolean active;
    /** Millicores reserved for its streams. Only {@link StreamReservations} changes it. */
    int reserved;
    /** When it was last told to stop a stream that it should not infer. */
    long streamsStoppedAtUs = Long.MIN_VALUE / 2;
    /** Whether its process is kept for a chunk that must run alone. Only {@link SuspectIsolation} changes it. */
    boolean closed;
    /** The job to which it is bound, null if none. */
    @Nullable
    TrackedJob boundTo;

    /** When its last grant ended, by the worker's clock. */
    long freeAtUs;
    /** When its last grant ended, by the dispatcher's clock. */
    long endedAtUs;
    /** {@link #servedUs} when its last grant ended. */
    double servedToEndUs;
    /** {@link ContentionEstimator#workerUs} when its last grant ended. */
    double busyToEndUs;
    /** Backoff deadline after the worker returned a grant without a revocation; 0 if none. */
    long restsUntilUs;
    /** Cores that it may use since {@link #pacedAtUs}. */
    private double pace;

    private long pacedAtUs;
    private double servedBeforeUs;
    /** When it was last told to stop or return an unknown grant. */
    long unknownRejectedAtUs = Long.MIN_VALUE / 2;

    TrackedWorker(WorkerId id, WorkerInfo info, long nowUs) {
        this.id = id;
        this.info = info;
        this.seenAtUs = nowUs;
        this.pace = info.cores();
        this.pacedAtUs = nowUs;
    }

    /** Sets the cores that it may use from now on. */
    void pace(double cores, long nowUs) {
        if (cores != pace) {
            servedBeforeUs = servedUs(nowUs);
            pacedAtUs = nowUs;
            pace = cores;
        }
    }

    double pace() {
        return pace;
    }

    /** Core-microseconds that it could use since its first report. */
    double servedUs(long nowUs) {
        return servedBeforeUs + pace * Math.max(0, nowUs - pacedAtUs);
    }

    String name() {
        return id.name();
    }

    /** The process that it shares with other workers, or its own name. */
    String process() {
        return info.process().isEmpty() ? id.name() : info.process();
    }

    /** Whether it may get grants. */
    boolean ready() {
        return info.ready() && restsUntilUs == 0;
    }

    /** Millicores of all of its cores. */
    int millicores() {
        return 1000 * info.cores();
    }

    /** Millicores that no stream has reserved; below 0 if its streams need more than its cores. */
    int room() {
        return millicores() - reserved;
    }

    /** Millicores for chunks: those that no stream has reserved, at least 0. */
    int forChunks() {
        return Math.max(0, room());
    }

    boolean runs(TrackedJob job) {
        return info.models().contains(job.model);
    }

    /** Number of grants that it holds, unknown ones included. */
    int held() {
        return grants.size() + unknownGrants.size();
    }

    boolean holdsOf(TrackedJob job) {
        for (OutstandingGrant grant : grants) {
            if (grant.chunk.job == job) {
                return true;
            }
        }
        return false;
    }

    @Nullable
    OutstandingGrant find(GrantRef ref) {
        for (OutstandingGrant grant : grants) {
            if (grant.ref.equals(ref)) {
                return grant;
            }
        }
        return null;
    }

    /** Whether a grant can still be revoked: another grant runs before it, or the worker can run nothing. */
    boolean isWaiting(OutstandingGrant grant) {
        return !grant.started && (grants.getFirst() != grant || !unknownGrants.isEmpty() || !ready());
    }
}
