package io.framequota.ingest.annotate;

import io.framequota.analysis.kitti.DriveTimes;
import io.framequota.analysis.zone.Zone;
import io.framequota.contract.result.Detection;
import io.framequota.contract.result.ResultLine;
import io.framequota.media.decode.DecodedPicture;
import io.framequota.media.decode.FrameCursor;
import io.framequota.media.decode.Orientation;
import io.framequota.media.decode.PixelOrder;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.ffmpeg.FfmpegDecoder;
import io.framequota.media.decode.ffmpeg.FfmpegSound;
import io.framequota.media.draw.opencv.BoxPainter;
import io.framequota.media.draw.opencv.NoticePainter;
import io.framequota.media.draw.opencv.ZoneOutline;
import io.framequota.media.encode.ffmpeg.Mp4Encoder;
import io.framequota.media.scale.PictureScaler;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Decodes, draws and encodes frame by frame, and copies the sound; holds one frame and two lines at a time. */
@ApplicationScoped
public class DrawingAnnotator implements Annotator {
    /** Longest side of a written picture. Few players play larger H.264, and each picture is on the heap as a whole. */
    private static final int LONGEST_SIDE = 4096;

    private static final int JPEG_QUALITY = 95;

    private final FfmpegDecoder decoder;
    private final PictureScaler.Factory scalers;

    @Inject
    public DrawingAnnotator(FfmpegDecoder decoder, PictureScaler.Factory scalers) {
        this.decoder = decoder;
        this.scalers = scalers;
    }

    @Override
    public void render(Drawing drawing, Iterator<ResultLine> lines, Path outMp4)
            throws SourceException, IOException, InterruptedException {
        Path source = drawing.source();
        Path unfinished = outMp4.resolveSibling(outMp4.getFileName() + ".part");
        try (FrameCursor cursor = FrameCursor.open(decoder, source, drawing.stream());
                @Nullable FfmpegSound sound = decoder.sound(source).orElse(null);
                PictureScaler scaler = scalers.open()) {
            List<Unreadable> first = new ArrayList<>();
            if (!nextPicture(cursor, first::add)) {
                throw new SourceException(source.getFileName() + " has no frame that can be decoded; use another file");
            }
            double scale = Math.min(1, (double) LONGEST_SIDE / Math.max(cursor.width(), cursor.height()));
            int width = scaled(cursor.width(), scale);
            int height = scaled(cursor.height(), scale);
            double fps = drawing.times().stepMs() > 0
                    ? 1000 / drawing.times().stepMs()
                    : cursor.info().fps();
            try (Mp4Encoder encoder = Mp4Encoder.open(
                    unfinished, width, height, fps, cursor.color().orBt709(), sound)) {
                for (Unreadable picture : first) {
                    add(encoder, picture, width, height, drawing.times());
                }
                List<Unreadable> later = new ArrayList<>();
                DetectionsByFrame found = new DetectionsByFrame(lines);
                while (true) {
                    if (Thread.interrupted()) {
                        throw new InterruptedException("interrupted while drawing on " + source.getFileName());
                    }
                    byte[] picture = drawn(cursor, scaler, width, height, found.at(cursor.index()), drawing.zones());
                    encoder.add(picture, shownMs(drawing.times(), cursor.file(), cursor.ptsMs()));
                    later.clear();
                    boolean more = nextPicture(cursor, later::add);
                    for (Unreadable unreadable : later) {
                        add(encoder, unreadable, width, height, drawing.times());
                    }
                    if (!more) {
                        break;
                    }
                }
                encoder.finish();
            }
            Files.move(unfinished, outMp4, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    @Override
    public void renderPicture(Drawing drawing, Iterator<ResultLine> lines, Path outJpeg)
            throws SourceException, IOException {
        Path source = drawing.source();
        byte[] jpeg;
        try (FrameCursor cursor = FrameCursor.open(decoder, source, drawing.stream());
                PictureScaler scaler = scalers.open();
                Arena arena = Arena.ofConfined()) {
            if (!nextPicture(cursor, _ -> {})) {
                throw new SourceException(
                        source.getFileName() + " has no picture that can be decoded; use another file");
            }
            int width = cursor.width();
            int height = cursor.height();
            List<Detection> found = new DetectionsByFrame(lines).at(cursor.index());
            byte[] drawn = drawn(cursor, scaler, width, height, found, drawing.zones());
            MemorySegment pixels = arena.allocate(drawn.length).copyFrom(MemorySegment.ofArray(drawn));
            jpeg = scaler.scaleToJpeg(
                    new DecodedPicture(pixels, width, height, 3 * width, Orientation.UPRIGHT),
                    width,
                    height,
                    false,
                    JPEG_QUALITY);
        }
        Path unfinished = outJpeg.resolveSibling(outJpeg.getFileName() + ".part");
        try {
            Files.write(unfinished, jpeg);
            Files.move(unfinished, outJpeg, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    /** A picture of a folder or an archive that cannot be shown. */
    private record Unreadable(String file, String why, double ptsMs) {}

    /** Moves to the next picture. A video's frame without one is not drawn: the picture before it is shown longer. */
    private static boolean nextPicture(FrameCursor cursor, Consumer<Unreadable> unreadable) {
        while (cursor.next()) {
            String error = cursor.error();
            if (error == null) {
                return true;
            }
            if (cursor.file() != null) {
                unreadable.accept(new Unreadable(cursor.file(), error, cursor.ptsMs()));
            }
        }
        return false;
    }

    private static void add(Mp4Encoder encoder, Unreadable picture, int width, int height, DriveTimes times)
            throws IOException {
        encoder.add(
                NoticePainter.draw(width, height, picture.file() + ": " + picture.why()),
                shownMs(times, picture.file(), picture.ptsMs()));
    }

    private static double shownMs(DriveTimes times, @Nullable String file, double ownMs) {
        Double shown = file == null ? null : times.shownMs().get(file);
        return shown == null ? ownMs : shown;
    }

    /** The current frame with what was found, in the middle of a picture of the video's size. */
    private static byte[] drawn(
            FrameCursor cursor, PictureScaler scaler, int width, int height, List<Detection> all, List<Zone> zones) {
        double scale = Math.min((double) width / cursor.width(), (double) height / cursor.height());
        int wide = Math.clamp(scaled(cursor.width(), scale), 1, width);
        int high = Math.clamp(scaled(cursor.height(), scale), 1, height);
        byte[] fitted = scaler.scale(cursor.picture(PixelOrder.BGR), wide, high, false);
        float sx = (float) wide / cursor.width();
        float sy = (float) high / cursor.height();
        List<Detection> found = aroundTheEdge(all, cursor.width()).stream()
                .map(d -> new Detection(
                        d.label(),
                        d.classId(),
                        d.score(),
                        d.x1() * sx,
                        d.y1() * sy,
                        d.x2() * sx,
                        d.y2() * sy,
                        d.around()))
                .toList();
        List<ZoneOutline> outlines = zones.stream()
                .map(z -> new ZoneOutline(
                        z.name(),
                        z.points().stream()
                                .map(p -> new ZoneOutline.Corner(p.x() * sx, p.y() * sy))
                                .toList()))
                .toList();
        BoxPainter.draw(fitted, wide, high, found, outlines);
        return wide == width && high == height ? fitted : inTheMiddle(fitted, wide, high, width, height);
    }

    private static byte[] inTheMiddle(byte[] picture, int wide, int high, int width, int height) {
        byte[] all = new byte[3 * width * height];
        int left = (width - wide) / 2;
        int top = (height - high) / 2;
        for (int y = 0; y < high; y++) {
            System.arraycopy(picture, 3 * y * wide, all, 3 * ((top + y) * width + left), 3 * wide);
        }
        return all;
    }

    private static int scaled(int side, double scale) {
        return (int) Math.max(1, Math.round(side * scale));
    }

    /** A box that goes on beyond the right edge of a 360° picture comes in again at the left. */
    private static List<Detection> aroundTheEdge(List<Detection> found, int width) {
        if (found.stream().noneMatch(d -> d.around() != null && d.x2() > width)) {
            return found;
        }
        return found.stream()
                .flatMap(d -> d.around() == null || d.x2() <= width
                        ? Stream.of(d)
                        : Stream.of(
                                d,
                                new Detection(
                                        d.label(),
                                        d.classId(),
                                        d.score(),
                                        d.x1() - width,
                                        d.y1(),
                                        d.x2() - width,
                                        d.y2())))
                .toList();
    }

    /** The detections to draw on each frame, from lines that are in frame order: those of the last line so far. */
    private static final class DetectionsByFrame {
        private final Iterator<ResultLine> lines;
        private @Nullable ResultLine next;
        private List<Detection> shown = List.of();

        DetectionsByFrame(Iterator<ResultLine> lines) {
            this.lines = lines;
            next = nextLine();
        }

        List<Detection> at(long frame) {
            for (ResultLine line = next; line != null && line.frame() <= frame; line = next) {
                shown = line.detections();
                next = nextLine();
            }
            return shown;
        }

        private @Nullable ResultLine nextLine() {
            return lines.hasNext() ? lines.next() : null;
        }
    }
}
