package io.framequota.scheduler.dispatch;

import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.Speedup;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the dispatcher learns. Every event may come twice, or late, and must then change nothing. */
public sealed interface DispatchEvent {
    /** A fact about a job, from the authority. */
    sealed interface JobFact extends DispatchEvent {}

    /** A job is there, or is there again (redriven), or its state was read anew. */
    record JobSubmitted(BacklogJob job) implements JobFact {}

    /**
     * A job's source was probed, or is better known by now.
     *
     * @param expectedFrames frames to infer, 0 when unknown
     * @param estimated whether that is an estimate; else the source's container counts its frames
     * @param frames what its frames are like
     */
    record JobProbed(String job, long expectedFrames, boolean estimated, FrameKind frames) implements JobFact {}

    /** A decoder has begun with a job, so that its next chunk is about to come. */
    record JobDecoding(String job) implements JobFact {}

    record ChunkReady(ChunkSpec chunk) implements JobFact {}

    record ChunkCommitted(String job, int index) implements JobFact {}

    /** No further chunk comes; the job has {@code chunks} in all. */
    record JobDecoded(String job, int chunks) implements JobFact {}

    /** The job is over, however it ended. */
    record JobEnded(String job) implements JobFact {}

    /**
     * The authority's whole state, read again under the same epoch.
     *
     * @param jobs every open job
     * @param lastArrival jobs up to here that are not listed have ended
     */
    record BacklogRead(List<BacklogJob> jobs, long lastArrival) implements JobFact {
        public BacklogRead {
            jobs = List.copyOf(jobs);
        }
    }

    /** A report of a worker. {@code epoch} is the highest that it has seen. */
    sealed interface WorkerReport extends DispatchEvent {
        WorkerId worker();

        long epoch();
    }

    /** The worker lives, and this is everything it holds. */
    record Heartbeat(
            WorkerId worker,
            long epoch,
            WorkerInfo info,
            @Nullable GrantRef running,
            @Nullable GrantRef waiting) implements WorkerReport {}

    /** The first frame of a grant was read, at that time of the worker's clock. */
    record Started(WorkerId worker, long epoch, GrantRef grant, long firstFrameAtUs) implements WorkerReport {}

    /** A grant's result is safe; {@code atUs} is when the worker said so, by its clock. */
    record Finished(WorkerId worker, long epoch, GrantRef grant, long atUs) implements WorkerReport {}

    /** A grant failed; with {@code permanent} another attempt cannot help. */
    record Failed(WorkerId worker, long epoch, GrantRef grant, String cause, boolean permanent)
            implements WorkerReport {}

    /** The worker does not hold the grant and will not run it. */
    record Revoked(WorkerId worker, long epoch, GrantRef grant) implements WorkerReport {}

    /** The worker stops; what it holds goes back. */
    record Leaving(WorkerId worker, long epoch) implements WorkerReport {}

    /** Another policy decides from now on. */
    record PolicyChanged(ConfiguredPolicy policy) implements DispatchEvent {}

    /** What a frame of a model costs in core-seconds, as measured before; until somebody says so it is learnt from chunks. */
    record CostMeasured(String model, double coreSecondsPerFrame) implements DispatchEvent {}

    /** What an earlier leader had measured. */
    record Recalled(List<ModelProfile> learnt) implements DispatchEvent {
        public Recalled {
            learnt = List.copyOf(learnt);
        }
    }

    /**
     * Whether workers are held to their shares from now on, each serving one job, so that fractions of a core run side by
     * side; until somebody says so they are not and take turns.
     *
     * @param spare whether a worker may also use what others leave of their shares, as with weights
     */
    record SharesEnforced(boolean enforced, boolean spare) implements DispatchEvent {
        /** Workers take turns. */
        public static final SharesEnforced NOT = new SharesEnforced(false, false);

        /** No worker uses more than its share. */
        public static final SharesEnforced LIMITS = new SharesEnforced(true, false);
    }

    /** Workers may use at most so many millicores together from now on. */
    record BudgetChanged(double millicores) implements DispatchEvent {}

    /** How much faster a job runs on more workers, as measured; linear until somebody says otherwise. */
    record SpeedupMeasured(Speedup speedup) implements DispatchEvent {}

    /** Time has passed. Expected several times a second. */
    record Tick() implements DispatchEvent {}
}
