package io.framequota.ingest.chunk;

import io.framequota.contract.control.ModelCard.Colour;
import io.framequota.contract.frame.FrameMeta;
import io.framequota.ingest.chunk.ChunkWriter.ChunkLostException;
import io.framequota.ingest.chunk.ChunkWriter.PassStoppedException;
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
 * One pass of the decoder over the source. While the broker acknowledges one chunk the next is decoded; not more, so that a
 * job never holds more than two partitions.
 */
final class ChunkingLoop {
    private final ChunkingRequest request;
    private final ChunkListener listener;
    private final FrameCursor cursor;
    private final PictureScaler scaler;
    private final ChunkWriter writer;
    private final FrameTransport transport;
    private final ChunkLimits cut;
    private final StageTimes times = new StageTimes();
    private final Deque<ChunkInProgress> unacknowledged = new ArrayDeque<>();
    private @Nullable ChunkInProgress current;
    private @Nullable ChunkInProgress known;
    private List<String> warnings;
    private int nextChunk;

    ChunkingLoop(
            ChunkingRequest request,
            ChunkListener listener,
            FrameCursor cursor,
            PictureScaler scaler,
            ChunkWriter writer,
            FrameTransport transport) {
        this.request = request;
        this.listener = listener;
        this.cursor = cursor;
        this.scaler = scaler;
        this.writer = writer;
        warnings = request.warnings();
        this.transport = transport;
        cut = new ChunkLimits(request.chunkFrames(), request.chunkBytes());
    }

    ChunkingSummary run(@Nullable ResumePoint from) throws SourceException, InterruptedException, ChunkLostException {
        boolean stopped = true;
        try {
            if (from != null) {
                nextChunk = from.nextChunk();
                cursor.resume(from.anchorFrame(), from.anchorPtsMs(), from.nextFrame(), listener::stopped);
            }
            stopped = !toTheEnd();
        } catch (PassStoppedException e) {
            // The summary says so.
        } finally {
            unacknowledged.forEach(ChunkInProgress::abandon);
            if (current != null) {
                current.abandon();
            }
        }
        if (!stopped && cursor.index() < 0) {
            throw SourceException.forGood(
                    request.video().getFileName() + " gives no frame that can be decoded; use another file"
                            + (cursor.warnings().isEmpty()
                                    ? ""
                                    : " (" + cursor.warnings().getFirst() + ")"));
        }
        return new ChunkingSummary(cursor.index() + 1, nextChunk, found(), stopped);
    }

    /** What is known to be wrong with the source up to the last chunk that was reported or skipped. */
    List<String> warnings() {
        return warnings;
    }

    private List<String> found() {
        return Stream.concat(request.warnings().stream(), cursor.warnings().stream())
                .distinct()
                .toList();
    }

    /** Where another pass has to begin after this one lost a chunk: behind the last chunk that was reported or skipped. */
    @Nullable
    ResumePoint reached(@Nullable ResumePoint from) {
        ChunkInProgress last = known;
        return last == null
                ? from
                : new ResumePoint(last.index + 1, last.lastFrame + 1, last.index, last.firstFrame, last.firstPtsMs);
    }

    private boolean toTheEnd() throws InterruptedException, PassStoppedException, ChunkLostException {
        while (!listener.stopped()) {
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while decoding");
            }
            times.start();
            boolean more = cursor.next();
            times.decoded();
            if (!more) {
                endChunk();
                settle(0);
                return true;
            }
            if (cursor.index() % request.every() == 0) {
                frame();
            }
            while (!unacknowledged.isEmpty() && unacknowledged.getFirst().settled()) {
                report();
            }
        }
        return false;
    }

    private void frame() throws InterruptedException, PassStoppedException, ChunkLostException {
        FrameGeometry geometry = FrameGeometry.of(request.model(), transport, cursor.width(), cursor.height());
        ChunkInProgress chunk = current;
        if (chunk != null && cut.endsBefore(chunk.frames, chunk.pixelBytes, geometry.bytes())) {
            endChunk();
            chunk = null;
        }
        if (chunk == null) {
            chunk = begin(geometry.bytes());
            current = chunk;
        }
        byte @Nullable [] value = chunk.isSkipped() ? null : value(geometry);
        @Nullable String error = null;
        if (value != null && value.length > FrameTransport.MAX_VALUE_BYTES) {
            error = "its JPEG picture has " + value.length + " bytes, more than a record holds; use a lower quality";
            value = new byte[0];
        }
        times.start();
        long waited = chunk.add(meta(chunk.index, geometry, error), value, geometry.bytes());
        times.published(waited);
        if (cut.endsBefore(chunk.frames, chunk.pixelBytes, geometry.bytes())) {
            endChunk();
        }
    }

    private ChunkInProgress begin(long frameBytes)
            throws InterruptedException, PassStoppedException, ChunkLostException {
        int index = nextChunk;
        ChunkWriter.OpenChunk open = null;
        if (!request.skip().contains(index)) {
            long bytes = cut.wholeChunk(frameBytes);
            times.start();
            if (!listener.tryRoom(bytes)) {
                settle(0);
                times.start();
                listener.awaitRoom(bytes);
            }
            open = writer.begin(request.job(), listener::stopped);
            times.waited();
        }
        nextChunk++;
        return new ChunkInProgress(index, open);
    }

    private byte[] value(FrameGeometry geometry) {
        times.start();
        Colour colour = request.model().getColour();
        byte[] value = transport.isRaw()
                ? scaler.scale(cursor.picture(PictureScaler.orderFor(colour)), geometry, colour)
                : scaler.scaleToJpeg(cursor.picture(PixelOrder.BGR), geometry, colour, transport.quality());
        times.scaled();
        return value;
    }

    private FrameMeta meta(int chunk, FrameGeometry g, @Nullable String error) {
        return new FrameMeta(
                request.job(),
                chunk,
                cursor.index(),
                cursor.ptsMs(),
                g.width(),
                g.height(),
                g.channels(),
                transport.encoding(),
                cursor.width(),
                cursor.height(),
                g.scaleX(),
                g.scaleY(),
                0,
                0,
                null,
                error,
                cursor.damaged(),
                cursor.width() != cursor.probe().width()
                        || cursor.height() != cursor.probe().height());
    }

    private void endChunk() throws InterruptedException, PassStoppedException, ChunkLostException {
        ChunkInProgress chunk = current;
        if (chunk == null) {
            return;
        }
        current = null;
        chunk.end(times);
        unacknowledged.add(chunk);
        settle(1);
    }

    private void settle(int atMost) throws InterruptedException, PassStoppedException, ChunkLostException {
        while (unacknowledged.size() > atMost) {
            report();
        }
    }

    /** Waits for the oldest chunk, where it is not settled yet, and tells the listener. */
    private void report() throws InterruptedException, PassStoppedException, ChunkLostException {
        ChunkInProgress chunk = unacknowledged.getFirst();
        times.start();
        List<String> found = found();
        @Nullable WrittenChunk written = chunk.written(request.job(), transport.label(), found);
        times.waited();
        unacknowledged.removeFirst();
        known = chunk;
        warnings = found;
        if (written != null) {
            listener.written(written);
        }
    }
}
