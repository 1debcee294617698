package io.framequota.ingest.annotate;

import io.framequota.contract.result.Detection;
import io.framequota.contract.result.ResultLine;
import io.framequota.ingest.annotate.opencv.BoxPainter;
import io.framequota.ingest.decode.FrameCursor;
import io.framequota.ingest.decode.PixelOrder;
import io.framequota.ingest.decode.SourceException;
import io.framequota.ingest.decode.VideoDecoder;
import io.framequota.ingest.encode.ffmpeg.Mp4Encoder;
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

/** Decodes, draws and encodes frame by frame; holds one frame and one line at a time. */
@ApplicationScoped
public class DrawingAnnotator implements Annotator {
    /** Longest side of a written picture. Few players play larger H.264, and each picture is on the heap as a whole. */
    private static final int LONGEST_SIDE = 4096;

    private final VideoDecoder decoder;
    private final PictureScaler.Factory scalers;

    @Inject
    public DrawingAnnotator(VideoDecoder decoder, PictureScaler.Factory scalers) {
        this.decoder = decoder;
        this.scalers = scalers;
    }

    @Override
    public void render(Path video, int stream, Iterator<ResultLine> lines, Path outMp4)
            throws SourceException, IOException, InterruptedException {
        Path unfinished = outMp4.resolveSibling(outMp4.getFileName() + ".part");
        try (FrameCursor cursor = FrameCursor.open(decoder, video, stream);
                PictureScaler scaler = scalers.open()) {
            if (!cursor.next()) {
                throw new SourceException(video.getFileName() + " has no frame that can be decoded; use another file");
            }
            double scale = Math.min(1, (double) LONGEST_SIDE / Math.max(cursor.width(), cursor.height()));
            int width = scaled(cursor.width(), scale);
            int height = scaled(cursor.height(), scale);
            try (Mp4Encoder encoder = Mp4Encoder.open(
                    unfinished,
                    width,
                    height,
                    cursor.info().fps(),
                    cursor.color().orBt709())) {
                DetectionsByFrame found = new DetectionsByFrame(lines);
                do {
                    if (Thread.interrupted()) {
                        throw new InterruptedException("interrupted while drawing on " + video.getFileName());
                    }
                    byte[] picture = scaler.scale(cursor.picture(PixelOrder.BGR), width, height, false);
                    BoxPainter.draw(picture, width, height, toPicture(found.at(cursor.index()), cursor, width, height));
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

    /** Converts boxes from the pixels of the current frame to those of the written picture. */
    private static List<Detection> toPicture(List<Detection> found, FrameCursor cursor, int width, int height) {
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

    /** Finds the detections of each frame in lines that are in frame order. */
    private static final class DetectionsByFrame {
        private final Iterator<ResultLine> lines;
        private @Nullable ResultLine next;

        DetectionsByFrame(Iterator<ResultLine> lines) {
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
