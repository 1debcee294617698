package io.framequota.ingest.chunk;

import io.framequota.contract.control.Chunk;
import io.framequota.ingest.chunk.ChunkRoom.Reservation;
import io.framequota.ingest.chunk.ChunkWriter.ChunkLostException;
import io.framequota.ingest.chunk.ChunkWriter.OpenChunk;
import io.framequota.ingest.chunk.ChunkWriter.Place;
import java.util.List;
import java.util.Map;
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

    /** Bytes of the records so far. */
    long recordBytes() {
        return recordBytes;
    }

    Reservation room() {
        return room;
    }

    /**
     * Counts a frame to infer. Frames may come in any order.
     *
     * @param pixels bytes that it has as raw pixels, if it travels so
     */
    void count(long frame, double ptsMs, long pixels) {
        if (frames == 0 || frame < firstFrame) {
            firstFrame = frame;
            firstPtsMs = ptsMs;
        }
        lastFrame = frames == 0 ? frame : Math.max(lastFrame, frame);
        frames++;
        pixelBytes += pixels;
    }

    /**
     * Sends a record; a skipped chunk has none.
     *
     * @return nanoseconds that this call waited
     */
    long send(Map<String, byte[]> headers, byte[] value) throws InterruptedException {
        if (records == null) {
            return 0;
        }
        recordBytes += value.length;
        return records.add(headers, value);
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
    WrittenChunk awaitWritten(String job, FrameTransport transport, List<String> warnings)
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
