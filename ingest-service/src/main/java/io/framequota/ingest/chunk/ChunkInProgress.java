package io.framequota.ingest.chunk;

import io.framequota.contract.control.Chunk;
import io.framequota.contract.frame.FrameMeta;
import io.framequota.ingest.chunk.ChunkRoom.Reservation;
import io.framequota.ingest.chunk.ChunkWriter.ChunkLostException;
import io.framequota.ingest.chunk.ChunkWriter.OpenChunk;
import io.framequota.ingest.chunk.ChunkWriter.Place;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A chunk from its first frame to its acknowledgement. A skipped chunk has its result already: its frames are only counted. */
final class ChunkInProgress implements AutoCloseable {
    private final int index;
    private final @Nullable OpenChunk records;
    private final Reservation room;
    private long firstFrame;
    private double firstPtsMs;
    private long lastFrame;
    private int frames;
    private long pixelBytes;
    private long recordBytes;
    private StageTimes.Micros times = StageTimes.Micros.NONE;

    /**
     * Takes over the records and the room.
     *
     * @param records null for a skipped chunk
     */
    private ChunkInProgress(int index, @Nullable OpenChunk records, Reservation room) {
        this.index = index;
        this.records = records;
        this.room = room;
    }

    static ChunkInProgress written(int index, OpenChunk records, Reservation room) {
        return new ChunkInProgress(index, records, room);
    }

    static ChunkInProgress skipped(int index) {
        return new ChunkInProgress(index, null, () -> {});
    }

    boolean isSkipped() {
        return records == null;
    }

    int index() {
        return index;
    }

    int frames() {
        return frames;
    }

    /** Bytes of the frames as raw pixels, in whatever form they travel. */
    long pixelBytes() {
        return pixelBytes;
    }

    Reservation room() {
        return room;
    }

    /**
     * Adds one frame.
     *
     * @param value of its record; null in a skipped chunk
     * @param pixels bytes that the frame has as raw pixels
     * @return nanoseconds that this call waited
     */
    long add(FrameMeta meta, byte @Nullable [] value, long pixels) throws InterruptedException {
        long waited = 0;
        if (records != null && value != null) {
            waited = records.add(meta, value);
            recordBytes += value.length;
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

    /** Ends the chunk behind its last frame. */
    void end(StageTimes spent) {
        times = spent.take();
        if (records != null) {
            records.end();
        }
    }

    /** Whether {@link #awaitWritten} returns at once. */
    boolean isSettled() {
        return records == null || records.isSettled();
    }

    /** Waits until the broker has acknowledged every frame; null for a skipped chunk. */
    @Nullable
    WrittenChunk awaitWritten(String job, String transport, List<String> warnings)
            throws InterruptedException, FramesRefusedException, ChunkLostException {
        if (records == null) {
            return null;
        }
        Place place = records.await();
        Chunk chunk = Chunk.newBuilder()
                .setJob(job)
                .setIndex(index)
                .setFirstFrame(firstFrame)
                .setFrames(frames)
                .setPartition(place.partition())
                .setFirstOffset(place.firstOffset())
                .setLastOffset(place.lastOffset())
                .setBytes(recordBytes)
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

    /** Where decoding begins behind this chunk. */
    ResumePoint resumeBehind() {
        return new ResumePoint(index + 1, lastFrame + 1, firstFrame, firstPtsMs);
    }

    /** Gives the room back, unless the chunk's recorder did, and the partition as soon as the last record has its outcome. */
    @Override
    public void close() {
        if (records != null) {
            records.end();
        }
        room.close();
    }
}
