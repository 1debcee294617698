package io.framequota.scheduler.dispatch;

import io.framequota.scheduler.policy.SchedulingLabels;
import io.framequota.scheduler.policy.SnapshotJob;
import io.framequota.scheduler.policy.UsableCores;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An open job: its chunks that are not committed, what it attained and what the policy gave it. */
final class TrackedJob {
    static final long NOT_SINCE = Long.MAX_VALUE;
    /** A job that is being decoded has its next chunk within this time, or it is not about to have one. */
    private static final long SOON_US = 1_000_000;
    /** Corrections of its length that are kept. */
    private static final int KNOWN = 32;

    final JobDescriptor spec;
    JobPhase phase = new JobPhase.Arriving();
    /** Written and not committed, by index. */
    final TreeMap<Integer, TrackedChunk> open = new TreeMap<>();
    /** Those of {@link #open} that may be granted. */
    final TreeMap<Integer, TrackedChunk> ready = new TreeMap<>();

    final BitSet committed = new BitSet();
    private int committedChunks;
    int attemptsBase;
    /** Grants out for its chunks, whether or not they are still wanted. */
    int held;

    int resting;
    int finished;
    /** Frames of the chunks that are written and not finished. */
    private long waitingFrames;

    long attainedFrames;
    double attainedCoreSeconds;
    /** Frames of the chunks that {@link #attainedCoreSeconds} were measured on. */
    long measuredFrames;
    /** Until when its next chunk is taken to be about to come. */
    private long comesUntilUs;

    /** When its first chunk was heard of, 0 before. */
    long readyAtUs;

    /** When its latest chunk was heard of, 0 before. */
    long lastReadyAtUs;

    /** When its last measured chunk was finished, 0 before. */
    long servedAtUs;

    /** Whether it did not run in one go from when it was heard of: some of it was under another leader, or it was redriven. */
    boolean inherited;

    /** Since when there are workers and none of them has its model, {@link #NOT_SINCE} while it is not so. */
    long lackedSinceUs = NOT_SINCE;

    /** Whether it has held something: a grant or a worker. */
    boolean placed;
    /** Exact share in millicores. */
    double share;
    /** Place in the policy's order, -1 when it may not run. */
    int rank = -1;
    /** Workers that ran something of it after the latest decision, counted while it has a share. */
    int running;
    /** Workers bound to it. */
    int bound;
    /** Millicores of the workers bound to it, counted when shares are enforced. */
    double boundMillicores;
    /** Frames it was granted per share: the smallest comes next. */
    double virtualTime;

    /** Measured frames of its own that count as much as what was measured on all others. */
    private static final double OWN_FRAMES = 64;

    private static final double COST_MOVED = 0.1;

    private final long heardAtUs;
    private final double submittedS;
    private final double deadlineS;
    private final double weight;
    /** Frames to infer as far as is known, 0 when it is not. */
    private long expectedFrames;

    private boolean estimated;
    private FrameKind kind;
    /** Its length as it became known. */
    private final List<EndedJob.Known> known = new ArrayList<>();
    /** Core-seconds of a frame as measured when it was first looked at, 0 when none was; -1 before. */
    private double perFrameThen = -1;

    private @Nullable SnapshotJob view;
    /** Core-seconds a frame that {@link #view} was made with. */
    private double viewCost;

    TrackedJob(JobDescriptor spec, long nowUs) {
        this.spec = spec;
        heardAtUs = nowUs;
        // The authority's clock may be ahead of ours: nothing is submitted later than it is heard of.
        submittedS = Math.min(nowUs, spec.submittedAtUs()) / 1e6;
        deadlineS = SchedulingLabels.deadline(spec.labels(), submittedS);
        weight = SchedulingLabels.weight(spec.labels());
        expectedFrames = spec.expectedFrames();
        estimated = spec.estimated();
        kind = spec.frames();
        learn(nowUs);
    }

    private void learn(long nowUs) {
        if (expectedFrames > 0 && known.size() < KNOWN) {
            known.add(new EndedJob.Known(nowUs, expectedFrames, estimated));
        }
    }

    /** Takes what is known of its source by now; whether that is news. One who knows nothing says nothing. */
    boolean probed(long frames, boolean isEstimate, FrameKind frameKind, long nowUs) {
        boolean longer = frames > 0 && (frames != expectedFrames || isEstimate != estimated);
        boolean other = !frameKind.equals(FrameKind.UNKNOWN) && !frameKind.equals(kind);
        if (longer) {
            expectedFrames = frames;
            estimated = isEstimate;
            learn(nowUs);
        }
        if (other) {
            kind = frameKind;
        }
        if (longer || other) {
            touch();
        }
        return longer || other;
    }

    /** Frames that are left as far as is known, those written and not inferred at least; -1 when its length is not known. */
    long remainingFrames() {
        if (decoded() && open.size() + committedChunks >= phase.chunks()) {
            return waitingFrames;
        }
        return expectedFrames <= 0 ? -1 : Math.max(waitingFrames, expectedFrames - attainedFrames);
    }

    /** Whether no further chunk comes. */
    boolean decoded() {
        return phase.chunks() >= 0;
    }

    /** Whether it is to be served; else the authority was asked to end it. */
    boolean wanted() {
        return phase instanceof JobPhase.Wanted;
    }

    /** Whether anything is left to run or to come. */
    boolean hasWork() {
        return wanted() && (!decoded() || open.size() > finished || open.size() + committedChunks < phase.chunks());
    }

    /** Whether a chunk may be granted later that is not ready now or not yet granted. */
    boolean mayBring() {
        return !decoded() || !ready.isEmpty() || resting > 0 || open.size() + committedChunks < phase.chunks();
    }

    /** It is being decoded now, or a chunk was written just now. */
    void comesSoon(long nowUs) {
        comesUntilUs = nowUs + SOON_US;
    }

    /** Whether it has something to run, or is about to: a share that it holds without would lie idle. */
    boolean supplied(long nowUs) {
        return hasChunks() || nowUs < comesUntilUs && mayBring();
    }

    /** When it is no longer supplied though nothing happens; {@link Long#MAX_VALUE} for never. */
    long suppliedUntilUs() {
        return hasChunks() ? Long.MAX_VALUE : comesUntilUs;
    }

    private boolean hasChunks() {
        return held > 0 || !ready.isEmpty() || resting > 0;
    }

    /** Moves a chunk to another state and keeps the counters. */
    void move(TrackedChunk chunk, TrackedChunk.State state) {
        count(chunk, -1);
        chunk.state = state;
        count(chunk, 1);
        touch();
    }

    void add(TrackedChunk chunk) {
        open.put(chunk.spec.index(), chunk);
        count(chunk, 1);
        touch();
    }

    /** A committed chunk is forgotten; its index stays known. */
    void commit(int index) {
        TrackedChunk chunk = open.remove(index);
        if (chunk != null) {
            count(chunk, -1);
        }
        if (!committed.get(index)) {
            committed.set(index);
            committedChunks++;
        }
        touch();
    }

    /** The chunk was written once more, and later attempts read the new copy. */
    void respecify(TrackedChunk chunk, ChunkSpec written) {
        count(chunk, -1);
        chunk.spec = written;
        count(chunk, 1);
    }

    private void count(TrackedChunk chunk, int by) {
        if (!(chunk.state instanceof TrackedChunk.State.Finished)) {
            waitingFrames += (long) by * chunk.spec.frames();
        }
        switch (chunk.state) {
            case TrackedChunk.State.Ready ignored -> {
                if (by > 0) {
                    ready.put(chunk.spec.index(), chunk);
                } else {
                    ready.remove(chunk.spec.index());
                }
            }
            case TrackedChunk.State.Resting ignored -> resting += by;
            case TrackedChunk.State.Finished ignored -> finished += by;
            case TrackedChunk.State.Granted ignored -> {
                // Counted by its grant: it may outlive the chunk.
            }
        }
    }

    /** First chunk that a worker may run; one that failed there last only if no other worker could take it. */
    @Nullable
    TrackedChunk readyFor(TrackedWorker worker, boolean onlyWorker) {
        if (ready.isEmpty() || held >= spec.parallelism() || !worker.runs(this)) {
            return null;
        }
        for (Map.Entry<Integer, TrackedChunk> entry : ready.entrySet()) {
            if (onlyWorker || !entry.getValue().failedOn.equals(worker.name())) {
                return entry.getValue();
            }
        }
        return null;
    }

    FrameKind kind() {
        return kind;
    }

    boolean estimated() {
        return estimated;
    }

    /**
     * Core-seconds that a frame of it costs: what frames like them cost, corrected by what was measured on its own chunks.
     */
    double cost(CostEstimator costs) {
        double prior = costs.perFrame(spec.model(), kind);
        return measuredFrames == 0 ? prior : (OWN_FRAMES * prior + attainedCoreSeconds) / (OWN_FRAMES + measuredFrames);
    }

    /** The same as policies see it: it moves, as {@link CostEstimator} do, only when it has moved by a tenth. */
    private double steadyCost(CostEstimator costs) {
        double now = cost(costs);
        return measuredFrames > 0 && Math.abs(now - viewCost) <= COST_MOVED * viewCost ? viewCost : now;
    }

    /**
     * Core-seconds that are left by the estimate.
     *
     * @param unknown frames that a job of unknown length counts as
     */
    double backlogCoreSeconds(CostEstimator costs, double unknown) {
        if (!hasWork()) {
            return 0;
        }
        long left = remainingFrames();
        return (left >= 0 ? left : Math.max(waitingFrames, unknown - attainedFrames)) * cost(costs);
    }

    /** Frames of all of it as far as is known, -1 when its length is not known. */
    long frames() {
        long left = remainingFrames();
        return left < 0 ? -1 : attainedFrames + left;
    }

    /**
     * A copy of what is known of it.
     *
     * @param place in the policy's order of all jobs, -1 when it has none
     */
    DispatcherSnapshot.Task task(CostEstimator costs, UsableCores uptake, int place) {
        // Not in steps as what decides: who forecasts wants the mean.
        double perFrame =
                (OWN_FRAMES * costs.lately(spec.model(), kind) + attainedCoreSeconds) / (OWN_FRAMES + measuredFrames);
        int chunkFrames = 0;
        for (TrackedChunk chunk : open.values()) {
            chunkFrames = Math.max(chunkFrames, chunk.spec.frames());
        }
        return new DispatcherSnapshot.Task(
                spec.known(expectedFrames, estimated, kind),
                place,
                heardAtUs,
                placed,
                readyAtUs > 0,
                attainedFrames,
                remainingFrames(),
                perFrame,
                costs.isMeasured(spec.model()),
                chunkFrames,
                (int) Math.min(spec.parallelism(), Math.max(1, Math.round(uptake.cores()))));
    }

    /** What became of it, now that it has ended. */
    EndedJob ended(long nowUs, CostEstimator costs, String policy, WorkerFleet pool) {
        double perFrame = measuredFrames > 0 ? attainedCoreSeconds / measuredFrames : cost(costs);
        boolean whole = !inherited && wanted() && committedChunks == phase.chunks();
        return new EndedJob(
                spec.id(),
                spec.labels(),
                heardAtUs,
                readyAtUs > 0 ? readyAtUs : heardAtUs,
                servedAtUs > 0 ? servedAtUs : nowUs,
                nowUs,
                spec.parallelism(),
                perFrame * attainedFrames,
                committedChunks,
                whole,
                policy,
                pool,
                new EndedJob.Source(
                        spec.model(),
                        kind,
                        attainedFrames,
                        Math.max(0, perFrameThen),
                        known,
                        lastReadyAtUs > 0 ? lastReadyAtUs : heardAtUs));
    }

    /** What a policy sees changed. */
    void touch() {
        view = null;
    }

    /**
     * What a policy sees.
     *
     * @param core millicores of one unit of compute
     * @param costs what frames cost
     * @param uptake how many cores jobs like it keep busy
     */
    SnapshotJob view(double core, CostEstimator costs, UsableCores uptake) {
        double cost = steadyCost(costs);
        if (perFrameThen < 0) {
            perFrameThen = costs.isMeasured(spec.model()) ? cost : 0;
        }
        double cores = Math.min(
                spec.parallelism() == JobDescriptor.UNLIMITED ? Double.POSITIVE_INFINITY : spec.parallelism(),
                UtilizationEstimator.limit(uptake));
        double limit = core <= 0 ? Double.POSITIVE_INFINITY : cores * core;
        SnapshotJob known = view;
        if (known != null
                && known.limit() == limit
                && viewCost == cost
                && known.profiled() == costs.isMeasured(spec.model())
                && known.uptake().equals(uptake)) {
            return known;
        }
        SnapshotJob fresh = new SnapshotJob(
                spec.id(),
                spec.arrival(),
                placed,
                submittedS,
                deadlineS,
                weight,
                attainedFrames * cost,
                frames() < 0 ? SnapshotJob.UNKNOWN : frames() * cost,
                costs.isMeasured(spec.model()),
                limit,
                uptake,
                spec.labels());
        view = fresh;
        viewCost = cost;
        return fresh;
    }
}
