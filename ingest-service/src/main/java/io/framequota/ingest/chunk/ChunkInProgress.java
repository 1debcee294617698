package io.framequota.ingest.chunk;

import io.framequota.contract.control.Chunk;
import io.framequota.contract.frame.FrameMeta;
import io.framequota.ingest.chunk.ChunkWriter.ChunkLostException;
import io.framequota.ingest.chunk.ChunkWriter.OpenChunk;
import io.framequota.ingest.chunk.ChunkWriter.PassStoppedException;
import io.framequota.ingest.chunk.ChunkWriter.Place;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A chunk of a pass, from its first frame to its acknowledgement; one that is skipped is only counted. */
final class ChunkInProgress {
    final int index;
    private final @Nullable OpenChunk open;
    long firstFrame;
    long lastFrame;
    double firstPtsMs;
    int frames;
    /** As if its frames were raw: where a chunk ends does not depend on how they travel. */
    long pixelBytes;

    private long bytes;
    private StageTimes.Times times = StageTimes.Times.NONE;

    ChunkInProgress(int index, @Nullable OpenChunk open) {
        this.index = index;
        this.open = open;
    }

    boolean isSkipped() {
        return open == null;
    }

    /**
     * Takes one frame.
     *
     * @param value null in a chunk that is skipped
     * @param pixels bytes of its pixels, however many the value has
     * @return nanoseconds waited
     */
    long add(FrameMeta meta, byte @Nullable [] value, long pixels) throws InterruptedException, PassStoppedException {
        long waited = 0;
        if (open != null && value != null) {
            waited = open.add(meta, value);
            bytes += value.length;
        }
        if (frames == 0) {
            firstFrame = meta.index();
            firstPtsMs = meta.ptsMs();
        }
        lastFrame = meta.index();
        frames++;
        pixelBytes += pixels;
        return waited;
    }

    void end(StageTimes stopwatch) {
        times = stopwatch.take();
        if (open != null) {
            open.end();
        }
    }

    boolean settled() {
        return open == null || open.settled();
    }

    /** Waits for the acknowledgements; null for a skipped chunk. */
    @Nullable
    WrittenChunk written(String job, String transport, List<String> warnings)
            throws InterruptedException, PassStoppedException, ChunkLostException {
        if (open == null) {
            return null;
        }
        Place place = open.await();
        Chunk chunk = Chunk.newBuilder()
                .setJob(job)
                .setIndex(index)
                .setFirstFrame(firstFrame)
                .setFrames(frames)
                .setPartition(place.partition())
                .setFirstOffset(place.firstOffset())
                .setLastOffset(place.lastOffset())
                .setBytes(bytes)
                .build();
        return new WrittenChunk(
                chunk,
                firstPtsMs,
                transport,
                times.decode(),
                times.scale(),
                times.publish(),
                times.waiting(),
                warnings);
    }

    void abandon() {
        if (open != null) {
            open.abandon();
        }
    }
}
