package io.framequota.ingest.chunk;

import io.framequota.ingest.chunk.ChunkRoom.Reservation;
import io.framequota.ingest.chunk.ChunkWriter.ChunkLostException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The chunks of one pass, one after another: opens them, ends them, and records those that the broker has acknowledged. A pass
 * writes one chunk while the broker acknowledges the chunk before, and no more, so a job holds two partitions at most. For one
 * thread.
 */
final class ChunkSequence implements AutoCloseable {
    private final ChunkingRequest request;
    private final FrameTransport transport;
    private final ChunkWriter writer;
    private final ChunkRoom room;
    private final ChunkRecorder recorder;
    private final StageTimes times = new StageTimes();
    private Supplier<List<String>> found = List::of;
    private final Deque<ChunkInProgress> unacknowledged = new ArrayDeque<>();
    private @Nullable ChunkInProgress open;
    private int nextChunk;
    private ChunkingRequest remaining;

    /** @param transport how the frames travel */
    ChunkSequence(
            ChunkingRequest request,
            FrameTransport transport,
            ChunkWriter writer,
            ChunkRoom room,
            ChunkRecorder recorder) {
        this.request = request;
        this.transport = transport;
        this.writer = writer;
        this.room = room;
        this.recorder = recorder;
        nextChunk = request.firstChunk();
        remaining = request;
    }

    /** Times of the pass, which each chunk takes its part of. */
    StageTimes times() {
        return times;
    }

    /** Sets where warnings about the source come from. */
    void warningsFrom(Supplier<List<String>> warnings) {
        found = warnings;
    }

    /**
     * Checks that the job wants further frames.
     *
     * @throws InterruptedException when it does not, or the thread is interrupted
     */
    void checkWanted() throws InterruptedException {
        if (isStopped() || Thread.interrupted()) {
            throw new InterruptedException("stopped while reading the source");
        }
    }

    /** Whether the job wants no further frames. */
    boolean isStopped() {
        return recorder.stopped();
    }

    /** What another pass has to do after this one lost a chunk: all behind the last chunk that was recorded or skipped. */
    ChunkingRequest remaining() {
        return remaining;
    }

    /** Warnings about the source so far, those of earlier passes first. */
    List<String> warnings() {
        return Stream.concat(request.warnings().stream(), found.get().stream())
                .distinct()
                .toList();
    }

    /** The open chunk, null when there is none. */
    @Nullable
    ChunkInProgress open() {
        return open;
    }

    /** Index of the open chunk, or of the next one when none is open. */
    int current() {
        return open == null ? nextChunk : open.index();
    }

    /**
     * The open chunk, or a new one, which waits for room and for a partition.
     *
     * @param bytes that a new chunk's frames are expected to take
     */
    ChunkInProgress openOrBegin(long bytes) throws InterruptedException, FramesRefusedException, ChunkLostException {
        ChunkInProgress chunk = open;
        if (chunk == null) {
            chunk = request.skip().contains(nextChunk) ? ChunkInProgress.skipped(nextChunk) : begin(bytes);
            nextChunk++;
            open = chunk;
        }
        return chunk;
    }

    private ChunkInProgress begin(long bytes) throws InterruptedException, FramesRefusedException, ChunkLostException {
        Reservation reserved = reserve(bytes);
        times.start();
        try {
            return ChunkInProgress.written(nextChunk, writer.begin(request.job(), recorder::stopped), reserved);
        } catch (InterruptedException | FramesRefusedException e) {
            reserved.close();
            throw e;
        } finally {
            times.waited();
        }
    }

    private Reservation reserve(long bytes) throws InterruptedException, FramesRefusedException, ChunkLostException {
        Reservation reserved = room.tryReserve(bytes);
        if (reserved != null) {
            return reserved;
        }
        recordAllBut(0);
        times.start();
        try {
            return room.reserve(bytes);
        } finally {
            times.waited();
        }
    }

    /** Ends the open chunk, if there is one. */
    void end() throws InterruptedException, FramesRefusedException, ChunkLostException {
        if (open != null) {
            open.end(times);
            unacknowledged.add(open);
            open = null;
            recordAllBut(1);
        }
    }

    /** Gives up the open chunk as if it had not been begun. */
    void giveUp() {
        if (open != null) {
            open.close();
            open = null;
            nextChunk--;
        }
    }

    /** Records the chunks that are acknowledged by now. */
    void recordAcknowledged() throws InterruptedException, FramesRefusedException, ChunkLostException {
        while (!unacknowledged.isEmpty() && unacknowledged.getFirst().isSettled()) {
            recordOldest();
        }
    }

    /** Waits until every chunk that was ended is acknowledged, and records it. */
    void recordAll() throws InterruptedException, FramesRefusedException, ChunkLostException {
        recordAllBut(0);
    }

    private void recordAllBut(int newest) throws InterruptedException, FramesRefusedException, ChunkLostException {
        while (unacknowledged.size() > newest) {
            recordOldest();
        }
    }

    private void recordOldest() throws InterruptedException, FramesRefusedException, ChunkLostException {
        ChunkInProgress chunk = unacknowledged.getFirst();
        times.start();
        List<String> warnings = warnings();
        WrittenChunk written = chunk.awaitWritten(request.job(), transport, warnings);
        times.waited();
        remaining = remaining.behind(chunk, warnings);
        if (written != null) {
            recorder.written(written, chunk.room());
        }
        unacknowledged.removeFirst().close();
    }

    /** The summary of the pass at the end of the source. */
    ChunkingSummary summary(long frames) {
        return new ChunkingSummary(frames, nextChunk, transport, warnings());
    }

    @Override
    public void close() {
        unacknowledged.forEach(ChunkInProgress::close);
        if (open != null) {
            open.close();
        }
    }
}
