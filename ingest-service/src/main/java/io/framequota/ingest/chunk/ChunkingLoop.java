package io.framequota.ingest.chunk;

import io.framequota.contract.control.ModelCard.Colour;
import io.framequota.contract.frame.FrameMeta;
import io.framequota.ingest.chunk.ChunkRoom.Reservation;
import io.framequota.ingest.chunk.ChunkWriter.ChunkLostException;
import io.framequota.ingest.decode.FrameCursor;
import io.framequota.ingest.decode.PixelOrder;
import io.framequota.ingest.decode.SourceException;
import io.framequota.ingest.scale.PictureScaler;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One pass over a source: decodes the next frame, scales it, cuts chunks, writes them and records those that the broker has
 * acknowledged. It decodes one chunk while the broker acknowledges the chunk before, and no more, so a job holds two partitions
 * at most.
 */
final class ChunkingLoop {
    private final ChunkingRequest request;
    private final FrameCursor cursor;
    private final PictureScaler scaler;
    private final FrameTransport transport;
    private final ChunkWriter writer;
    private final ChunkRoom room;
    private final ChunkRecorder recorder;
    private final StageTimes times = new StageTimes();
    private final Deque<ChunkInProgress> unacknowledged = new ArrayDeque<>();
    private @Nullable ChunkInProgress open;
    private int nextChunk;
    private ChunkingRequest remaining;

    ChunkingLoop(
            ChunkingRequest request,
            FrameCursor cursor,
            PictureScaler scaler,
            FrameTransport transport,
            ChunkWriter writer,
            ChunkRoom room,
            ChunkRecorder recorder) {
        this.request = request;
        this.cursor = cursor;
        this.scaler = scaler;
        this.transport = transport;
        this.writer = writer;
        this.room = room;
        this.recorder = recorder;
        nextChunk = request.firstChunk();
        remaining = request.resumed(request.resume(), request.warnings());
    }

    /** Runs to the end of the source. */
    ChunkingSummary run() throws SourceException, FramesRefusedException, ChunkLostException, InterruptedException {
        try {
            resume();
            while (decodeNext()) {
                if (cursor.index() % request.every() == 0) {
                    FrameGeometry frame = FrameGeometry.of(request.model(), transport, cursor.width(), cursor.height());
                    endChunkBefore(frame);
                    write(frame, chunkFor(frame));
                    // A full chunk is not kept open until the next frame is decoded.
                    endChunkBefore(frame);
                }
                recordAcknowledged();
            }
            endChunk();
            recordAllBut(0);
        } finally {
            unacknowledged.forEach(ChunkInProgress::close);
            if (open != null) {
                open.close();
            }
        }
        if (cursor.index() < 0) {
            throw noFrame();
        }
        return new ChunkingSummary(cursor.index() + 1, nextChunk, warnings());
    }

    /** What another pass has to do after this one lost a chunk: all behind the last chunk that was recorded or skipped. */
    ChunkingRequest remaining() {
        return remaining;
    }

    private void resume() throws SourceException {
        ResumePoint from = request.resume();
        if (from != null) {
            cursor.resume(from.anchorFrame(), from.anchorPtsMs(), from.nextFrame(), recorder::stopped);
        }
    }

    private boolean decodeNext() throws InterruptedException {
        if (recorder.stopped() || Thread.interrupted()) {
            throw new InterruptedException("stopped while decoding");
        }
        times.start();
        boolean decoded = cursor.next();
        times.decoded();
        return decoded;
    }

    /** The open chunk, or a new one, which waits for room and for a partition. */
    private ChunkInProgress chunkFor(FrameGeometry frame)
            throws InterruptedException, FramesRefusedException, ChunkLostException {
        ChunkInProgress chunk = open;
        if (chunk == null) {
            chunk = request.skip().contains(nextChunk)
                    ? ChunkInProgress.skipped(nextChunk)
                    : begin(request.limits().fullChunk(frame.bytes()));
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

    private void write(FrameGeometry frame, ChunkInProgress chunk) throws InterruptedException {
        byte @Nullable [] value = chunk.isSkipped() ? null : scale(frame);
        String error = null;
        if (value != null && value.length > FrameTransport.MAX_VALUE_BYTES) {
            error = "its JPEG picture has " + value.length + " bytes, more than a record holds; use a lower quality";
            value = new byte[0];
        }
        times.start();
        long waited = chunk.add(meta(chunk.index(), frame, error), value, frame.bytes());
        times.published(waited);
    }

    private byte[] scale(FrameGeometry frame) {
        times.start();
        Colour colour = request.model().getColour();
        boolean grey = colour == Colour.GRAY;
        byte[] value = transport.isRaw()
                ? scaler.scale(
                        cursor.picture(colour == Colour.RGB ? PixelOrder.RGB : PixelOrder.BGR),
                        frame.width(),
                        frame.height(),
                        grey)
                : scaler.scaleToJpeg(
                        cursor.picture(PixelOrder.BGR), frame.width(), frame.height(), grey, transport.quality());
        times.scaled();
        return value;
    }

    private FrameMeta meta(int chunk, FrameGeometry frame, @Nullable String error) {
        return new FrameMeta(
                request.job(),
                chunk,
                cursor.index(),
                cursor.ptsMs(),
                frame.width(),
                frame.height(),
                frame.channels(),
                transport.encoding(),
                cursor.width(),
                cursor.height(),
                frame.scaleX(),
                frame.scaleY(),
                0,
                0,
                null,
                error,
                cursor.damaged(),
                cursor.width() != cursor.info().width()
                        || cursor.height() != cursor.info().height());
    }

    /** Ends the open chunk when a frame of this size does not fit into it. */
    private void endChunkBefore(FrameGeometry frame)
            throws InterruptedException, FramesRefusedException, ChunkLostException {
        if (open != null && request.limits().endsBefore(open.frames(), open.pixelBytes(), frame.bytes())) {
            endChunk();
        }
    }

    private void endChunk() throws InterruptedException, FramesRefusedException, ChunkLostException {
        if (open != null) {
            open.end(times);
            unacknowledged.add(open);
            open = null;
            recordAllBut(1);
        }
    }

    private void recordAcknowledged() throws InterruptedException, FramesRefusedException, ChunkLostException {
        while (!unacknowledged.isEmpty() && unacknowledged.getFirst().isSettled()) {
            recordOldest();
        }
    }

    private void recordAllBut(int newest) throws InterruptedException, FramesRefusedException, ChunkLostException {
        while (unacknowledged.size() > newest) {
            recordOldest();
        }
    }

    /** Waits for the acknowledgements of the oldest chunk and records it. */
    private void recordOldest() throws InterruptedException, FramesRefusedException, ChunkLostException {
        ChunkInProgress chunk = unacknowledged.getFirst();
        times.start();
        List<String> warnings = warnings();
        WrittenChunk written = chunk.awaitWritten(request.job(), transport.label(), warnings);
        times.waited();
        remaining = request.resumed(chunk.resumeBehind(), warnings);
        if (written != null) {
            recorder.written(written, chunk.room());
        }
        unacknowledged.removeFirst().close();
    }

    private List<String> warnings() {
        return Stream.concat(request.warnings().stream(), cursor.warnings().stream())
                .distinct()
                .toList();
    }

    private SourceException noFrame() {
        String why = cursor.warnings().isEmpty() ? "" : " (" + cursor.warnings().getFirst() + ")";
        return SourceException.permanent(
                request.video().getFileName() + " has no frame that can be decoded; use another file" + why);
    }
}
