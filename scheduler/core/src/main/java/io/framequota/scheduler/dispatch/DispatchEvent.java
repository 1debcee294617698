package io.framequota.scheduler.dispatch;

import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.Speedup;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An input of the dispatcher. Every event may arrive twice or late; then it must change nothing. */
public sealed interface DispatchEvent {
    /** An event about a job, from the authority. */
    sealed interface JobEvent extends DispatchEvent {}

    /** A job was submitted or redriven, or its state was read again. */
    record JobSubmitted(BacklogJob job) implements JobEvent {}

    /**
     * A job's source was probed, or its length is now better known.
     *
     * @param expectedFrames frames to infer, 0 if unknown
     * @param estimated whether {@code expectedFrames} is an estimate; otherwise the source's container states it
     * @param frames properties of its frames
     */
    record JobProbed(String job, long expectedFrames, boolean estimated, FrameFormat frames) implements JobEvent {}

    /** A decoder has started a job, so its next chunk will come soon. */
    record JobDecoding(String job) implements JobEvent {}

    record ChunkReady(ChunkSpec chunk) implements JobEvent {}

    record ChunkCommitted(String job, int index) implements JobEvent {}

    /** The job is completely decoded; it has {@code chunks} chunks. */
    record JobDecoded(String job, int chunks) implements JobEvent {}

    /** The job ended: it succeeded, failed or was cancelled. */
    record JobEnded(String job) implements JobEvent {}

    /** A live job was submitted or redriven, or its state was read again. */
    record StreamSubmitted(StreamJob job) implements JobEvent {}

    /** The stream of a live job was opened, or has changed. */
    record StreamOpened(String job, StreamSpec stream) implements JobEvent {}

    /** The stream of a live job has no publisher at present. */
    record StreamLost(String job) implements JobEvent {}

    /**
     * The authority's complete backlog, read again in the same epoch.
     *
     * @param jobs every open job with chunks
     * @param streams every open live job
     * @param lastArrival jobs up to this position that are not listed have ended
     */
    record BacklogRead(List<BacklogJob> jobs, List<StreamJob> streams, long lastArrival) implements JobEvent {
        public BacklogRead {
            jobs = List.copyOf(jobs);
            streams = List.copyOf(streams);
        }

        /** A backlog without live jobs. */
        public BacklogRead(List<BacklogJob> jobs, long lastArrival) {
            this(jobs, List.of(), lastArrival);
        }
    }

    /** A report from a worker. {@code epoch} is the highest epoch that the worker has seen. */
    sealed interface WorkerReport extends DispatchEvent {
        WorkerId worker();

        long epoch();
    }

    /** The worker is alive; {@code running} and {@code waiting} are all its grants, {@code streams} all its streams. */
    record Heartbeat(
            WorkerId worker,
            long epoch,
            WorkerInfo info,
            @Nullable GrantRef running,
            @Nullable GrantRef waiting,
            List<StreamReport> streams)
            implements WorkerReport {
        public Heartbeat {
            streams = List.copyOf(streams);
        }

        /** A worker without streams. */
        public Heartbeat(
                WorkerId worker, long epoch, WorkerInfo info, @Nullable GrantRef running, @Nullable GrantRef waiting) {
            this(worker, epoch, info, running, waiting, List.of());
        }
    }

    /** The worker read a grant's first frame at {@code firstFrameAtUs} of its clock. */
    record Started(WorkerId worker, long epoch, GrantRef grant, long firstFrameAtUs) implements WorkerReport {}

    /**
     * A grant's result is safely published.
     *
     * @param frames that have results; 0 when the chunk turned out to be irregular, and its cost is that of no frame
     * @param atUs time on the worker's clock
     */
    record Finished(WorkerId worker, long epoch, GrantRef grant, int frames, long atUs) implements WorkerReport {}

    /** A grant failed. If {@code permanent}, another attempt cannot succeed. */
    record Failed(WorkerId worker, long epoch, GrantRef grant, String cause, boolean permanent)
            implements WorkerReport {}

    /**
     * The worker does not hold the grant and will not run it. Sent after a revocation, or if the worker cannot accept a
     * grant.
     */
    record Revoked(WorkerId worker, long epoch, GrantRef grant) implements WorkerReport {}

    /** The worker stops; its grants are free again. */
    record Leaving(WorkerId worker, long epoch) implements WorkerReport {}

    /** Another policy decides from now on. */
    record PolicyChanged(ConfiguredPolicy policy) implements DispatchEvent {}

    /**
     * The known cost of a model's frame in core-seconds. Without this event the cost is measured on the job's chunks.
     */
    record CostMeasured(String model, double coreSecondsPerFrame) implements DispatchEvent {}

    /** Measurements of an earlier leader. */
    record ProfilesRecalled(List<ModelProfile> profiles) implements DispatchEvent {
        public ProfilesRecalled {
            profiles = List.copyOf(profiles);
        }
    }

    /**
     * Says whether what workers use is limited to their shares. If it is, every worker serves one job, and jobs
     * run side by side on fractions of a core. Otherwise, which is the initial state, workers use all their cores and
     * jobs take turns.
     *
     * @param enforced whether shares are enforced
     * @param spare whether a worker may also use what others leave of their shares, as with weights
     * @param computeTime whether shares are of the compute time of inference servers, which workers may have in common;
     *     otherwise they are of the workers' own CPU
     */
    record SharesEnforced(boolean enforced, boolean spare, boolean computeTime) implements DispatchEvent {
        /** Shares of CPU. */
        public SharesEnforced(boolean enforced, boolean spare) {
            this(enforced, spare, false);
        }

        /** Shares are not enforced: jobs take turns on whole workers. */
        public static final SharesEnforced NOT = new SharesEnforced(false, false);

        /** Shares are enforced as limits: no worker uses more than its share. */
        public static final SharesEnforced LIMITS = new SharesEnforced(true, false);
    }

    /** From now on, workers may use at most so many millicores together. */
    record BudgetChanged(double millicores) implements DispatchEvent {}

    /** The measured speedup of a job on more workers. It is assumed to be linear before this event. */
    record SpeedupMeasured(Speedup speedup) implements DispatchEvent {}

    /**
     * In a simulation: streams that are not simulated hold so many millicores of these workers, for ever. A later event
     * replaces it.
     *
     * @param millicores reserved, by name of the worker
     */
    record WorkersReserved(Map<String, Integer> millicores) implements DispatchEvent {
        public WorkersReserved {
            millicores = Map.copyOf(millicores);
        }
    }

    /** Time has passed. Sent several times per second. */
    record Tick() implements DispatchEvent {}
}
