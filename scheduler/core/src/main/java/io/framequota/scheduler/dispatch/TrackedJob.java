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

/** An open job: its uncommitted chunks, its progress and its current share. */
final class TrackedJob {
    /** {@link #modelMissingSinceUs} while a worker has the model. */
    static final long NEVER = Long.MAX_VALUE;
    /** How long a job that is being decoded counts as about to have its next chunk. */
    private static final long SOON_US = 1_000_000;
    /** The most corrections of its length that are kept. */
    private static final int MAX_LENGTHS = 32;
    /** The weight of the model's cost in frames, against the frames measured on the job itself. */
    private static final double PRIOR_FRAMES = 64;
    /** The cost that policies see changes only if the measured one differs from it by this fraction. */
    private static final double MIN_COST_CHANGE = 0.1;

    final JobDescriptor descriptor;
    /** {@link JobDescriptor#model()}, the same object for all jobs of a model: decisions compare it for every job. */
    final String model;

    private JobPhase phase = new JobPhase.Arriving();
    /** What {@link #phase} says, in fields: every decision reads them of every job. */
    private int chunks = -1;

    private boolean wanted = true;
    /** Chunks that are written and not committed, by index. */
    final TreeMap<Integer, TrackedChunk> open = new TreeMap<>();
    /** The chunks of {@link #open} that may be granted. */
    final TreeMap<Integer, TrackedChunk> ready = new TreeMap<>();

    /** Sizes of {@link #open} and {@link #ready}. */
    private int openChunks;

    private int readyChunks;

    final BitSet committed = new BitSet();
    private int committedChunks;
    int attemptsBase;
    /** Number of outstanding grants for its chunks, including grants that are no longer wanted. */
    int held;

    /** Number of chunks that rest after a failure. */
    int resting;
    /** Number of chunks that may be granted, but only to a process in which nothing else runs. */
    int suspects;
    /** Number of chunks that were condemned in this leadership. */
    int condemned;
    /** Number of chunks whose result is published and not committed. */
    int finished;
    /** Frames of the written chunks without a result. */
    private long waitingFrames;

    long attainedFrames;
    double attainedCoreSeconds;
    /** Frames of the chunks that {@link #attainedCoreSeconds} measures. */
    long measuredFrames;
    /** Until when its next chunk counts as about to come. */
    private long comesUntilUs;

    /** When its first chunk was announced, 0 before. */
    long readyAtUs;

    /** When its latest chunk was announced, 0 before. */
    long lastReadyAtUs;

    /** When its last measured chunk finished, 0 before. */
    long servedAtUs;

    /** Whether a part of it ran under an earlier leader, or it was redriven. */
    boolean inherited;

    /** Since when workers are ready and none of them has its model; {@link #NEVER} if one has. */
    long modelMissingSinceUs = NEVER;

    /** Whether it has ever had a grant or a bound worker. */
    boolean placed;
    /** Whether it had a chunk to run, or one was about to come, at the latest decision. */
    boolean supplied;
    /** Exact share in millicores. */
    double share;
    /** Rank in the policy's order, -1 if it may not run. */
    int rank = -1;
    /** Workers that ran one of its chunks after the latest decision. Only counted for jobs whose utilization is measured. */
    int running;
    /** Workers that are bound to it. */
    int bound;
    /** Millicores of the workers that are bound to it. Only counted if shares are enforced. */
    double boundMillicores;
    /** Millicores of the busy workers that serve it. Only counted by {@link WorkerShare}. */
    double busyMillicores;
    /** Granted frames divided by share. The job with the smallest value is granted next. */
    double virtualTime;

    /** {@link JobDescriptor#parallelism()}. */
    private final int parallelism;

    private final long heardAtUs;
    private final double submittedS;
    private final double deadlineS;
    private final double weight;
    /** Frames to infer, 0 if unknown. */
    private long expectedFrames;

    private boolean estimated;
    private FrameFormat format;
    /** Its length over time, as it became known. */
    private final List<EndedJob.Known> lengths = new ArrayList<>();
    /** The measured core-seconds per frame when a policy first saw it; 0 if none was measured, -1 before. */
    private double firstPerFrame = -1;

    private @Nullable SnapshotJob view;
    /** Whether {@link #view} may be outdated, whatever was measured since. */
    private boolean stale = true;
    /** The measurements that {@link #view} uses: see {@link #view}. */
    private long viewStamp;
    /** The core-seconds per frame in {@link #view}. */
    private double viewCost;

    TrackedJob(JobDescriptor descriptor, long nowUs) {
        this.descriptor = descriptor;
        parallelism = descriptor.parallelism();
        model = descriptor.model().intern();
        heardAtUs = nowUs;
        // The authority's clock may be ahead of the dispatcher's: a job is not submitted later than it is received.
        submittedS = Math.min(nowUs, descriptor.submittedAtUs()) / 1e6;
        deadlineS = SchedulingLabels.deadline(descriptor.labels(), submittedS);
        weight = SchedulingLabels.weight(descriptor.labels());
        expectedFrames = descriptor.expectedFrames();
        estimated = descriptor.estimated();
        format = descriptor.frames();
        noteLength(nowUs);
    }

    private void noteLength(long nowUs) {
        if (expectedFrames > 0 && lengths.size() < MAX_LENGTHS) {
            lengths.add(new EndedJob.Known(nowUs, expectedFrames, estimated));
        }
    }

    /** Updates its length and frame format, unless they are unknown. Returns whether something changed. */
    boolean probed(long frames, boolean isEstimate, FrameFormat frameFormat, long nowUs) {
        boolean lengthChanged = frames > 0 && (frames != expectedFrames || isEstimate != estimated);
        boolean formatChanged = !frameFormat.equals(FrameFormat.UNKNOWN) && !frameFormat.equals(format);
        if (lengthChanged) {
            expectedFrames = frames;
            estimated = isEstimate;
            noteLength(nowUs);
        }
        if (formatChanged) {
            format = frameFormat;
        }
        if (lengthChanged || formatChanged) {
            touch();
        }
        return lengthChanged || formatChanged;
    }

    /** Frames left, at least those that are written and have no result; -1 if its length is not known. */
    long remainingFrames() {
        if (decoded() && openChunks + committedChunks >= chunks) {
            return waitingFrames;
        }
        return expectedFrames <= 0 ? -1 : Math.max(waitingFrames, expectedFrames - attainedFrames);
    }

    JobPhase phase() {
        return phase;
    }

    void enter(JobPhase next) {
        phase = next;
        chunks = next.chunks();
        wanted = next instanceof JobPhase.Wanted;
        touch();
    }

    /** Whether no further chunk will come. */
    boolean decoded() {
        return chunks >= 0;
    }

    /** Whether it is to be served. If not, the authority was asked to fail it. */
    boolean wanted() {
        return wanted;
    }

    /** Whether a chunk is left to run or to come. */
    boolean hasWork() {
        return wanted && (chunks < 0 || openChunks > finished || openChunks + committedChunks < chunks);
    }

    /** Whether a chunk may still be granted, now or later. */
    boolean mayBring() {
        return readyChunks > 0 || expectsMore();
    }

    /** Whether a chunk may become ready later. */
    boolean expectsMore() {
        return !decoded() || resting > 0 || suspects > 0 || openChunks + committedChunks < chunks;
    }

    /** Notes that a decoder works on it, so that its next chunk will come soon. */
    void comesSoon(long nowUs) {
        comesUntilUs = nowUs + SOON_US;
    }

    /**
     * Until when it has a chunk to run, or will have one soon, if no event arrives. From then on a share would be idle.
     * {@link Long#MAX_VALUE} for ever.
     */
    long suppliedUntilUs() {
        return hasChunks() ? Long.MAX_VALUE : mayBring() ? comesUntilUs : 0;
    }

    private boolean hasChunks() {
        return held > 0 || readyChunks > 0 || resting > 0 || suspects > 0;
    }

    /** Changes the state of a chunk and updates the counters. */
    void move(TrackedChunk chunk, TrackedChunk.State state) {
        count(chunk, -1);
        chunk.state = state;
        count(chunk, 1);
        touch();
    }

    /** Sets how often the process of its worker died with a chunk. */
    void died(TrackedChunk chunk, int deaths) {
        int before = chunk.isCondemned() ? 1 : 0;
        count(chunk, -1);
        chunk.deaths = deaths;
        count(chunk, 1);
        condemned += (chunk.isCondemned() ? 1 : 0) - before;
        touch();
    }

    /** Forgets all deaths of workers: it was redriven, or written again. */
    void acquit() {
        open.values().forEach(c -> count(c, -1));
        condemned = 0;
        open.values().forEach(c -> c.deaths = 0);
        open.values().forEach(c -> count(c, 1));
        touch();
    }

    /** The first chunk that may be granted to a process in which nothing else runs, null if there is none. */
    @Nullable
    TrackedChunk firstSuspect() {
        if (suspects == 0) {
            return null;
        }
        for (TrackedChunk chunk : open.values()) {
            if (chunk.state instanceof TrackedChunk.State.Ready && chunk.isSuspect()) {
                return chunk;
            }
        }
        return null;
    }

    void add(TrackedChunk chunk) {
        open.put(chunk.spec.index(), chunk);
        openChunks = open.size();
        count(chunk, 1);
        touch();
    }

    /** Forgets a chunk that was committed and remembers its index. */
    void commit(int index) {
        TrackedChunk chunk = open.remove(index);
        openChunks = open.size();
        if (chunk != null) {
            count(chunk, -1);
        }
        if (!committed.get(index)) {
            committed.set(index);
            committedChunks++;
        }
        touch();
    }

    /** Forgets the chunks that will be written again: those behind the last written one, and dropped ones. */
    void forgetUnlisted(BacklogJob state) {
        for (TrackedChunk chunk : List.copyOf(open.values())) {
            int index = chunk.spec.index();
            if (index >= state.chunks() || state.dropped().contains(index)) {
                open.remove(index);
                openChunks = open.size();
                count(chunk, -1);
                chunk.state = TrackedChunk.READY;
            }
        }
        if (committed.length() > state.chunks()) {
            committed.clear(state.chunks(), committed.length());
        }
        state.dropped().forEach(committed::clear);
        committedChunks = committed.cardinality();
        touch();
    }

    /** Frames of the chunks whose result is published and not committed. */
    long finishedFrames() {
        return open.values().stream()
                .filter(c -> c.state instanceof TrackedChunk.State.Finished)
                .mapToLong(c -> c.spec.frames())
                .sum();
    }

    /** The chunk was written again; later attempts read the new copy. */
    void respecify(TrackedChunk chunk, ChunkSpec written) {
        count(chunk, -1);
        chunk.spec = written;
        count(chunk, 1);
        touch();
    }

    private void count(TrackedChunk chunk, int by) {
        if (!(chunk.state instanceof TrackedChunk.State.Finished)) {
            waitingFrames += (long) by * chunk.spec.frames();
        }
        switch (chunk.state) {
            case TrackedChunk.State.Ready ignored when chunk.isSuspect() -> suspects += by;
            case TrackedChunk.State.Ready ignored -> {
                if (by > 0) {
                    ready.put(chunk.spec.index(), chunk);
                } else {
                    ready.remove(chunk.spec.index());
                }
                readyChunks = ready.size();
            }
            case TrackedChunk.State.Resting ignored -> resting += by;
            case TrackedChunk.State.Finished ignored -> finished += by;
            case TrackedChunk.State.Granted ignored -> {
                // {@link #held} counts grants: a grant may outlive its chunk.
            }
        }
    }

    /** Number of chunks that may be granted, as far as its parallelism allows. */
    int readyChunks() {
        return readyChunks;
    }

    /** Whether a chunk of it may be granted now. */
    boolean mayBeGranted() {
        return readyChunks > 0 && held < parallelism;
    }

    /**
     * The first ready chunk that a worker may run. Skips chunks that last failed there, unless it is the only worker.
     */
    @Nullable
    TrackedChunk readyFor(TrackedWorker worker, boolean onlyWorker) {
        if (!mayBeGranted() || !worker.runs(this)) {
            return null;
        }
        for (Map.Entry<Integer, TrackedChunk> entry : ready.entrySet()) {
            if (onlyWorker || !entry.getValue().failedOn.equals(worker.name())) {
                return entry.getValue();
            }
        }
        return null;
    }

    FrameFormat format() {
        return format;
    }

    boolean estimated() {
        return estimated;
    }

    /** Core-seconds per frame: the cost of such frames, corrected by the measurements of its own chunks. */
    double cost(CostEstimator costs) {
        return corrected(costs.perFrame(descriptor.model(), format));
    }

    private double corrected(double prior) {
        return measuredFrames == 0
                ? prior
                : (PRIOR_FRAMES * prior + attainedCoreSeconds) / (PRIOR_FRAMES + measuredFrames);
    }

    /** The cost that policies see: changes in steps, as {@link CostEstimator} does. */
    private double steadyCost(CostEstimator costs) {
        double now = cost(costs);
        return measuredFrames > 0 && Math.abs(now - viewCost) <= MIN_COST_CHANGE * viewCost ? viewCost : now;
    }

    /**
     * The estimated core-seconds left.
     *
     * @param unknown the number of frames that a job of unknown length counts as
     */
    double backlogCoreSeconds(CostEstimator costs, double unknown) {
        if (!hasWork()) {
            return 0;
        }
        long left = remainingFrames();
        return (left >= 0 ? left : Math.max(waitingFrames, unknown - attainedFrames)) * cost(costs);
    }

    /** Total number of frames, -1 if its length is not known. */
    long frames() {
        long left = remainingFrames();
        return left < 0 ? -1 : attainedFrames + left;
    }

    /**
     * A copy for a simulation.
     *
     * @param place rank in the policy's order of all jobs, -1 if it has none
     */
    DispatcherSnapshot.OpenJob snapshot(CostEstimator costs, UsableCores usable, int place) {
        // Forecasts use the recent mean instead of the stepped cost.
        double perFrame = corrected(costs.recentPerFrame(descriptor.model(), format));
        int chunkFrames = 0;
        for (TrackedChunk chunk : open.values()) {
            chunkFrames = Math.max(chunkFrames, chunk.spec.frames());
        }
        return new DispatcherSnapshot.OpenJob(
                descriptor.known(expectedFrames, estimated, format),
                place,
                heardAtUs,
                placed,
                readyAtUs > 0,
                attainedFrames,
                remainingFrames(),
                perFrame,
                costs.isMeasured(descriptor.model()),
                chunkFrames,
                (int) Math.min(descriptor.parallelism(), Math.max(1, Math.round(usable.cores()))));
    }

    /** The record of the job at its end. */
    EndedJob ended(long nowUs, CostEstimator costs, String policy, WorkerFleet fleet) {
        double perFrame = measuredFrames > 0 ? attainedCoreSeconds / measuredFrames : cost(costs);
        boolean whole = !inherited && wanted() && committedChunks == chunks;
        return new EndedJob(
                descriptor.id(),
                descriptor.labels(),
                heardAtUs,
                readyAtUs > 0 ? readyAtUs : heardAtUs,
                servedAtUs > 0 ? servedAtUs : nowUs,
                nowUs,
                descriptor.parallelism(),
                perFrame * attainedFrames,
                committedChunks,
                whole,
                policy,
                fleet,
                new EndedJob.Source(
                        descriptor.model(),
                        format,
                        attainedFrames,
                        Math.max(0, firstPerFrame),
                        lengths,
                        lastReadyAtUs > 0 ? lastReadyAtUs : heardAtUs));
    }

    /** Marks {@link #view} as outdated. */
    void touch() {
        stale = true;
    }

    /** The view of the latest decision, or a new one if something changed in it. */
    SnapshotJob view(double core, ModelMeasurements models, boolean limited, long stamp) {
        SnapshotJob known = view;
        if (known != null && !stale && viewStamp == stamp) {
            return known;
        }
        SnapshotJob fresh = view(core, models.costs, limited ? models.usable(this) : UsableCores.UNKNOWN);
        stale = false;
        viewStamp = stamp;
        SnapshotJob current = known != null && known.equals(fresh) ? known : fresh;
        view = current;
        return current;
    }

    /**
     * The job as a policy sees it.
     *
     * @param core millicores of one compute unit
     * @param costs costs of frames
     * @param usable cores that jobs of its model keep busy
     */
    private SnapshotJob view(double core, CostEstimator costs, UsableCores usable) {
        double cost = steadyCost(costs);
        boolean measured = costs.isMeasured(descriptor.model());
        if (firstPerFrame < 0) {
            firstPerFrame = measured ? cost : 0;
        }
        viewCost = cost;
        double cores = Math.min(
                descriptor.parallelism() == JobDescriptor.UNLIMITED
                        ? Double.POSITIVE_INFINITY
                        : descriptor.parallelism(),
                UtilizationEstimator.limit(usable));
        long frames = frames();
        return new SnapshotJob(
                descriptor.id(),
                descriptor.arrival(),
                placed,
                submittedS,
                deadlineS,
                weight,
                attainedFrames * cost,
                frames < 0 ? SnapshotJob.UNKNOWN : frames * cost,
                measured,
                core <= 0 ? Double.POSITIVE_INFINITY : cores * core,
                usable,
                descriptor.labels());
    }
}
