package io.framequota.scheduler.dispatch;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A worker that is heard of. */
final class TrackedWorker {
    final WorkerId id;
    WorkerInfo info;
    long seenAtUs;
    /** Grants that are out to it, the one that runs or runs next first. At most two. */
    final List<OutstandingGrant> grants = new ArrayList<>(2);
    /** What its last heartbeat showed that is none of {@link #grants}. */
    final List<GrantRef> strangers = new ArrayList<>(2);

    /** Whether the budget reaches as far as this worker. */
    boolean active;
    /** The job that it serves and nothing else, when jobs are bound. */
    @Nullable
    TrackedJob boundTo;

    /** When its last grant ended, by its own clock. */
    long freeAtUs;
    /** What {@link #servedUs} was when its last grant ended. */
    double servedToEndUs;
    /** The same of {@link ContentionEstimator#workerUs}, and when that was by our clock. */
    double crowdToEndUs;

    long endedAtUs;
    /** Until when it is given nothing, because it handed back what nobody asked for; 0 when it is not so. */
    long restsUntilUs;
    /** Cores that it may use since {@link #pacedAtUs}. */
    private double pace;

    private long pacedAtUs;
    private double servedBeforeUs;
    /** When it was last told to drop or give back a stranger. */
    long toldAtUs = Long.MIN_VALUE / 2;

    TrackedWorker(WorkerId id, WorkerInfo info, long nowUs) {
        this.id = id;
        this.info = info;
        this.seenAtUs = nowUs;
        this.pace = info.cores();
        this.pacedAtUs = nowUs;
    }

    /** It may use so many cores from now on. */
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

    /** Core-microseconds that it could use since it was first heard of. */
    double servedUs(long nowUs) {
        return servedBeforeUs + pace * Math.max(0, nowUs - pacedAtUs);
    }

    String name() {
        return id.name();
    }

    /** Whether it may be given anything. */
    boolean ready() {
        return info.ready() && restsUntilUs == 0;
    }

    int millicores() {
        return 1000 * info.cores();
    }

    boolean runs(TrackedJob job) {
        return info.models().contains(job.spec.model());
    }

    /** Grants it holds, ours and others. */
    int held() {
        return grants.size() + strangers.size();
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

    /** Whether a grant can still be given back: something else runs before it, or nothing can run at all. */
    boolean isWaiting(OutstandingGrant grant) {
        return !grant.started && (grants.getFirst() != grant || !strangers.isEmpty() || !ready());
    }
}
