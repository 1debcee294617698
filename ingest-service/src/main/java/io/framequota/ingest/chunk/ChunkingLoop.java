package io.framequota.ingest.chunk;

import io.framequota.contract.control.ModelCard.Colour;
import io.framequota.contract.frame.FrameMeta;
import io.framequota.ingest.chunk.ChunkWriter.ChunkLostException;
import io.framequota.media.decode.FrameCursor;
import io.framequota.media.decode.PixelOrder;
import io.framequota.media.decode.SourceException;
import io.framequota.media.scale.FrameGeometry;
import io.framequota.media.scale.PictureScaler;
import io.framequota.media.spherical.PanoramaScale;
import org.jspecify.annotations.Nullable;

/** One pass over a source whose frames travel as pixels: decodes the next frame, scales it, and cuts and writes chunks. */
final class ChunkingLoop {
    private final ChunkingRequest request;
    private final FrameCursor cursor;
    private final PictureScaler scaler;
    private final PixelTransport transport;
    private final StageTimes times;
    private final ChunkSequence chunks;

    /** @param chunks of the pass; closed by the caller */
    ChunkingLoop(
            ChunkingRequest request,
            FrameCursor cursor,
            PictureScaler scaler,
            PixelTransport transport,
            ChunkSequence chunks) {
        this.request = request;
        this.cursor = cursor;
        this.scaler = scaler;
        this.transport = transport;
        this.chunks = chunks;
        times = chunks.times();
        chunks.warningsFrom(cursor::warnings);
    }

    /** Runs to the end of the source. */
    ChunkingSummary run() throws SourceException, FramesRefusedException, ChunkLostException, InterruptedException {
        resume();
        while (decodeNext()) {
            if (cursor.index() % request.every() == 0) {
                FrameGeometry frame = PanoramaScale.frame(
                        request.model(),
                        transport.maxPixelBytes(),
                        request.projectionOf(cursor.info()),
                        cursor.width(),
                        cursor.height());
                endChunkBefore(frame);
                write(frame, chunks.openOrBegin(request.limits().fullChunk(frame.bytes())));
                // A full chunk is not kept open until the next frame is decoded.
                endChunkBefore(frame);
            }
            chunks.recordAcknowledged();
        }
        chunks.end();
        chunks.recordAll();
        if (cursor.index() < 0) {
            throw noFrame();
        }
        return chunks.summary(cursor.index() + 1);
    }

    private void resume() throws SourceException {
        ResumePoint from = request.resume();
        if (from != null) {
            cursor.resume(from.anchorFrame(), from.anchorPtsMs(), from.nextFrame(), chunks::isStopped);
        }
    }

    private boolean decodeNext() throws InterruptedException {
        chunks.checkWanted();
        times.start();
        boolean decoded = cursor.next();
        times.decoded();
        return decoded;
    }

    private void write(FrameGeometry frame, ChunkInProgress chunk) throws InterruptedException {
        String error = cursor.error();
        byte @Nullable [] value = chunk.isSkipped() ? null : error == null ? scale(frame) : new byte[0];
        if (value != null && value.length > FrameMeta.MAX_VALUE_BYTES) {
            error = "its JPEG picture has " + value.length + " bytes, more than a record holds; use a lower quality";
            value = new byte[0];
        }
        chunk.count(cursor.index(), cursor.ptsMs(), frame.bytes());
        if (value != null) {
            times.start();
            times.published(chunk.send(meta(chunk.index(), frame, error).toHeaders(), value));
        }
    }

    private byte[] scale(FrameGeometry frame) {
        times.start();
        Colour colour = request.model().getColour();
        boolean grey = colour == Colour.GRAY;
        byte[] value = transport.isRaw()
                ? scaler.scale(cursor.picture(PixelOrder.of(colour)), frame.width(), frame.height(), grey)
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
                        || cursor.height() != cursor.info().height(),
                request.projectionOf(cursor.info()),
                cursor.file());
    }

    /** Ends the open chunk when a frame of this size does not fit into it. */
    private void endChunkBefore(FrameGeometry frame)
            throws InterruptedException, FramesRefusedException, ChunkLostException {
        ChunkInProgress open = chunks.open();
        if (open != null && request.limits().endsBefore(open.frames(), open.pixelBytes(), frame.bytes())) {
            chunks.end();
        }
    }

    private SourceException noFrame() {
        String why = cursor.warnings().isEmpty() ? "" : " (" + cursor.warnings().getFirst() + ")";
        return SourceException.permanent(
                request.video().getFileName() + " has no frame that can be decoded; use another file" + why);
    }
}
