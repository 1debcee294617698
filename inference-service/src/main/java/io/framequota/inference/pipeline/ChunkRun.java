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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A granted chunk on its way through the stages. Safe for use by their threads. Ends once: done, failed or cancelled. */
final class ChunkRun implements ChunkRunner.Run, Stage.Work {
    /** The next chunk's reading may begin when this many frames are left to be sent, to hide the time it takes. */
    private static final int DRAINING_AT = 2;

    private record FrameId(long index, String stream) {
        static FrameId of(FrameMeta meta) {
            String stream = meta.stream();
            return new FrameId(meta.index(), stream == null ? "" : stream);
        }
    }

    final long epoch;
    final Grant grant;
    final ChunkStatistics tally = new ChunkStatistics();

    private final GrantKey key;
    private final Consumer<WorkerInput.Progress> progress;
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicBoolean drainingTold = new AtomicBoolean();
    private final AtomicInteger handedOver = new AtomicInteger();
    private volatile @Nullable ModelSpec model;

    /** Read so far; the intake thread's own. */
    private final Set<FrameId> read = new HashSet<>();

    /** In frame order. Guarded by this. */
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

    /** Whether anybody still waits for this chunk. */
    boolean wanted() {
        return !over.get();
    }

    /** The model its frames are for. */
    ModelSpec model() {
        ModelSpec known = model;
        if (known == null) {
            throw new IllegalStateException("a frame came before its model");
        }
        return known;
    }

    void model(ModelSpec found) {
        model = found;
    }

    /**
     * Notes a frame that was read.
     *
     * @param atUs wall clock
     * @return false for one that was read before
     */
    boolean admit(FrameMeta frame, long atUs) {
        if (read.isEmpty()) {
            progress.accept(new WorkerInput.FirstFrame(epoch, key, atUs));
        }
        return read.add(FrameId.of(frame));
    }

    /** Different frames read so far. On the intake thread. */
    int admitted() {
        return read.size();
    }

    /** Notes a frame that left the queue for the server. */
    void handedOver() {
        if (handedOver.incrementAndGet() >= grant.getChunk().getFrames() - DRAINING_AT
                && drainingTold.compareAndSet(false, true)) {
            progress.accept(new WorkerInput.Draining(epoch, key));
        }
    }

    /**
     * Takes a frame's line.
     *
     * @return whether it was the last one
     */
    synchronized boolean line(FrameMeta frame, ResultLine line) {
        lines.put(FrameId.of(frame), line);
        tally.line(line);
        return wanted() && lines.size() == grant.getChunk().getFrames();
    }

    /** All lines in frame order. */
    synchronized List<ResultLine> lines() {
        return new ArrayList<>(lines.values());
    }

    @Override
    public synchronized int framesDone() {
        return lines.size();
    }

    /** Ends it well: the broker has its result. */
    void done() {
        if (over.compareAndSet(false, true)) {
            progress.accept(new WorkerInput.Done(epoch, key, grant.getChunk().getFrames()));
        }
    }

    /** Ends it badly. */
    void fail(String cause, boolean permanent) {
        if (over.compareAndSet(false, true)) {
            progress.accept(new WorkerInput.Broken(epoch, key, cause, permanent));
        }
    }

    @Override
    public void cancel() {
        over.set(true);
    }
}
