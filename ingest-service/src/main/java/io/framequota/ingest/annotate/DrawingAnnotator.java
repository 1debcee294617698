package io.framequota.ingest.annotate;

import io.framequota.contract.control.ModelCard.Colour;
import io.framequota.contract.result.Detection;
import io.framequota.contract.result.ResultLine;
import io.framequota.ingest.chunk.FrameGeometry;
import io.framequota.ingest.decode.ColorInfo;
import io.framequota.ingest.decode.FrameCursor;
import io.framequota.ingest.decode.SourceException;
import io.framequota.ingest.decode.VideoDecoder;
import io.framequota.ingest.encode.VideoEncoder;
import io.framequota.ingest.scale.PictureScaler;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decodes, draws, encodes, one frame after another; holds one frame and one line at a time. */
@ApplicationScoped
public class DrawingAnnotator implements Annotator {
    /** Of the picture that is written: H.264 of larger ones plays hardly anywhere, and each is on the heap as a whole. */
    private static final int LONGEST_SIDE = 4096;

    private final VideoDecoder decoder;
    private final PictureScaler.Factory scalers;
    private final BoxPainter pencil;
    private final VideoEncoder.Factory encoders;

    @Inject
    public DrawingAnnotator(
            VideoDecoder decoder, PictureScaler.Factory scalers, BoxPainter pencil, VideoEncoder.Factory encoders) {
        this.decoder = decoder;
        this.scalers = scalers;
        this.pencil = pencil;
        this.encoders = encoders;
    }

    @Override
    public void render(Path video, int stream, Iterator<ResultLine> lines, Path outMp4)
            throws SourceException, IOException, InterruptedException {
        Path unfinished = outMp4.resolveSibling(outMp4.getFileName() + ".part");
        try (FrameCursor cursor = FrameCursor.open(decoder, video, stream);
                PictureScaler scaler = scalers.open()) {
            if (!cursor.next()) {
                throw new SourceException(
                        video.getFileName() + " gives no frame that can be decoded; use another file");
            }
            double scale = Math.min(1, (double) LONGEST_SIDE / Math.max(cursor.width(), cursor.height()));
            int width = scaled(cursor.width(), scale);
            int height = scaled(cursor.height(), scale);
            ColorInfo light = cursor.light().orBt709();
            try (VideoEncoder encoder = encoders.open(
                    unfinished, width, height, cursor.probe().fps(), light.primaries(), light.transfer())) {
                LineByFrame found = new LineByFrame(lines);
                do {
                    if (Thread.interrupted()) {
                        throw new InterruptedException("interrupted while drawing on " + video.getFileName());
                    }
                    byte[] picture = picture(cursor, scaler, width, height);
                    pencil.draw(picture, width, height, fitted(found.at(cursor.index()), cursor, width, height));
                    encoder.add(picture, cursor.ptsMs());
                } while (cursor.next());
                encoder.finish();
            }
            Files.move(unfinished, outMp4, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private static int scaled(int side, double scale) {
        return (int) Math.max(1, Math.round(side * scale));
    }

    private static byte[] picture(FrameCursor cursor, PictureScaler scaler, int width, int height) {
        FrameGeometry whole =
                new FrameGeometry(width, height, 3, (double) width / cursor.width(), (double) height / cursor.height());
        return scaler.scale(cursor.picture(PictureScaler.orderFor(Colour.BGR)), whole, Colour.BGR);
    }

    /** Boxes of a frame whose size is not that of the picture that is written, moved to where they are there. */
    private static List<Detection> fitted(List<Detection> found, FrameCursor cursor, int width, int height) {
        if (cursor.width() == width && cursor.height() == height) {
            return found;
        }
        float sx = (float) width / cursor.width();
        float sy = (float) height / cursor.height();
        return found.stream()
                .map(d -> new Detection(
                        d.label(), d.classId(), d.score(), d.x1() * sx, d.y1() * sy, d.x2() * sx, d.y2() * sy))
                .toList();
    }

    /** Gives the line of each frame in turn. */
    private static final class LineByFrame {
        private final Iterator<ResultLine> lines;
        private @Nullable ResultLine next;

        LineByFrame(Iterator<ResultLine> lines) {
            this.lines = lines;
        }

        List<Detection> at(long frame) {
            while ((next == null || next.frame() < frame) && lines.hasNext()) {
                next = lines.next();
            }
            return next != null && next.frame() == frame ? next.detections() : List.of();
        }
    }
}
