package io.framequota.inference.pipeline;

import io.framequota.contract.control.Grant;
import io.framequota.contract.frame.FrameMeta;
import io.framequota.contract.result.ResultLine;
import io.framequota.inference.model.ModelSpec;
import io.framequota.inference.worker.ChunkRunner;
import io.framequota.inference.worker.GrantKey;
import io.framequota.inference.worker.WorkerInput;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A granted chunk in the pipeline. It ends exactly once: done, failed or cancelled. Safe for use by the stages' threads. */
final class ChunkRun implements ChunkRunner.Run, Stage.Work {
    /** The chunk is draining when this many frames are not sent yet, so that reading the next chunk overlaps with them. */
    private static final int DRAINING_AT = 2;

    private record FrameId(long index, String stream) {
        static FrameId of(FrameMeta meta) {
            String stream = meta.stream();
            return new FrameId(meta.index(), stream == null ? "" : stream);
        }
    }

    final long epoch;
    final Grant grant;
    final ChunkStatistics statistics = new ChunkStatistics();

    private final GrantKey key;
    private final Consumer<WorkerInput.Progress> progress;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicBoolean drainingReported = new AtomicBoolean();
    private final AtomicInteger sentFrames = new AtomicInteger();
    private final AtomicReference<@Nullable String> irregular = new AtomicReference<>();
    private volatile @Nullable ModelSpec model;

    /** Frames read so far; used by the intake thread only. */
    private final Set<FrameId> read = new HashSet<>();

    private boolean begun;

    /** Whether more frames may come out of the chunk's packets than are known; guarded by this. */
    private boolean decoding;

    /** In frame order; guarded by this. */
    private final TreeMap<FrameId, ResultLine> lines =
            new TreeMap<>(Comparator.comparingLong(FrameId::index).thenComparing(FrameId::stream));

    ChunkRun(long epoch, Grant grant, Consumer<WorkerInput.Progress> progress) {
        this.epoch = epoch;
        this.grant = grant;
        this.key = GrantKey.of(grant);
        this.progress = progress;
    }

    @Override
    public ChunkRun run() {
        return this;
    }

    /** Whether workers died too often with the chunk, so that its frames are neither decoded nor inferred. */
    boolean isCondemned() {
        return !grant.getCondemned().isEmpty();
    }

    /** Whether the chunk's frames are still wanted: it has not ended and is not irregular. */
    boolean isOpen() {
        return !ended.get() && irregular.get() == null;
    }

    /** Whether the chunk is done, failed or cancelled. */
    boolean hasEnded() {
        return ended.get();
    }

    ModelSpec model() {
        ModelSpec known = model;
        if (known == null) {
            throw new IllegalStateException("a frame arrived before its model was known");
        }
        return known;
    }

    void model(ModelSpec found) {
        model = found;
    }

    /**
     * Records that a record was read; further calls do nothing. For the intake thread.
     *
     * @param atUs wall-clock time in microseconds since 1970
     */
    void begin(long atUs) {
        if (!begun) {
            begun = true;
            progress.accept(new WorkerInput.FirstFrame(epoch, key, atUs));
        }
    }

    /**
     * Records that a frame was read. For the intake thread.
     *
     * @return false for a frame that was read before
     */
    boolean admit(FrameMeta frame) {
        return read.add(FrameId.of(frame));
    }

    /** Records that frames come out of packets: the chunk is complete only after {@link #decoded}. */
    synchronized void decoding() {
        decoding = true;
    }

    /**
     * Records that all packets were decoded to the frames that they announce.
     *
     * @return whether the chunk now has all its lines
     */
    synchronized boolean decoded() {
        decoding = false;
        return isComplete();
    }

    /**
     * Records that the chunk's packets do not decode to the frames that they announce.
     *
     * @param reason one line for people
     * @return false when the chunk was not open
     */
    boolean irregular(String reason) {
        return !ended.get() && irregular.compareAndSet(null, reason);
    }

    /** Why the chunk is irregular; null when it is not. */
    @Nullable
    String irregularity() {
        return irregular.get();
    }

    /** Records that a frame left the preprocess stage. */
    void frameSent() {
        if (sentFrames.incrementAndGet() >= grant.getChunk().getFrames() - DRAINING_AT
                && drainingReported.compareAndSet(false, true)) {
            progress.accept(new WorkerInput.Draining(epoch, key));
        }
    }

    /**
     * Adds the result line of a frame.
     *
     * @return whether the chunk now has all its lines
     */
    synchronized boolean add(FrameMeta frame, ResultLine line) {
        lines.put(FrameId.of(frame), line);
        statistics.count(line);
        return isComplete();
    }

    private synchronized boolean isComplete() {
        return isOpen() && !decoding && lines.size() == grant.getChunk().getFrames();
    }

    /** All lines in frame order. */
    synchronized List<ResultLine> lines() {
        return new ArrayList<>(lines.values());
    }

    @Override
    public synchronized int framesDone() {
        return lines.size();
    }

    /** @param frames that have result lines; 0 when the chunk is irregular */
    void done(int frames) {
        if (ended.compareAndSet(false, true)) {
            progress.accept(new WorkerInput.Done(epoch, key, frames));
        }
    }

    /** @param permanent whether another attempt would fail too */
    void fail(String cause, boolean permanent) {
        if (ended.compareAndSet(false, true)) {
            progress.accept(new WorkerInput.Broken(epoch, key, cause, permanent));
        }
    }

    @Override
    public void cancel() {
        ended.set(true);
    }
}
