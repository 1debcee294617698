package io.framequota.ingest.decode;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/**
 * Counts a video's frames: the index of a frame is its position in presentation order as the decoder delivers it. Can begin
 * in the middle and still count right. For one thread at a time.
 */
public final class FrameCursor implements AutoCloseable {
    private final VideoDecoder decoder;
    private final Path video;
    private final int stream;
    private VideoReader reader;
    private long damagedFrames;
    private long firstDamaged;
    private double firstDamagedMs;
    private long index = -1;
    private double ptsMs = Double.NaN;
    private boolean held;

    private FrameCursor(VideoDecoder decoder, Path video, int stream, VideoReader reader) {
        this.decoder = decoder;
        this.video = video;
        this.stream = stream;
        this.reader = reader;
    }

    /**
     * Opens a video before its first frame.
     *
     * @throws SourceException as {@link VideoDecoder#open}
     */
    public static FrameCursor open(VideoDecoder decoder, Path video) throws SourceException {
        return open(decoder, video, VideoDecoder.ANY_STREAM);
    }

    /**
     * Opens one stream of a video before its first frame.
     *
     * @throws SourceException as {@link VideoDecoder#open}
     */
    public static FrameCursor open(VideoDecoder decoder, Path video, int stream) throws SourceException {
        return new FrameCursor(decoder, video, stream, decoder.open(video, stream));
    }

    /**
     * Goes on so that {@link #next} gives the frame with an index, by way of a frame whose index and time are known. Where
     * that time does not come back exactly once behind a key frame, everything is decoded from the start instead.
     *
     * @param knownIndex below {@code nextIndex}
     * @param stopped ends this early when true; then the cursor is of no further use
     */
    public void resume(long knownIndex, double knownPtsMs, long nextIndex, BooleanSupplier stopped)
            throws SourceException {
        if (knownIndex >= nextIndex || !find(knownIndex, knownPtsMs, stopped)) {
            reader.close();
            reader = decoder.open(video, stream);
            index = -1;
            ptsMs = Double.NaN;
            held = false;
        }
        while (index + (held ? 0 : 1) < nextIndex && !stopped.getAsBoolean() && next()) {
            // Decoded over: these frames lie on the topic already.
        }
        // Whoever wrote them has told what was wrong with them.
        reader.forgive();
        damagedFrames = 0;
        if (held && reader.damaged()) {
            countDamage();
        }
    }

    /** Leaves the cursor on the frame behind the known one, held for the next call of {@link #next}. */
    private boolean find(long knownIndex, double knownPtsMs, BooleanSupplier stopped) {
        if (Double.isNaN(knownPtsMs) || !reader.seek(knownPtsMs)) {
            return false;
        }
        boolean sound = false;
        while (!stopped.getAsBoolean() && reader.next()) {
            double pts = reader.ptsMs();
            if (Double.isNaN(pts) || pts > knownPtsMs) {
                return false;
            }
            // Frames in front of the first key frame may lack what they refer to, so their number is not to be trusted.
            sound |= reader.key();
            if (pts == knownPtsMs) {
                return sound && holdNext(knownIndex, knownPtsMs);
            }
        }
        return false;
    }

    private boolean holdNext(long knownIndex, double knownPtsMs) {
        index = knownIndex;
        ptsMs = knownPtsMs;
        if (!next()) {
            return true;
        }
        // A second frame at the same time: which of the two was meant cannot be told.
        held = ptsMs > knownPtsMs;
        return held;
    }

    /** Moves to the next frame; false behind the last one. */
    public boolean next() {
        if (held) {
            held = false;
            return true;
        }
        if (!reader.next()) {
            return false;
        }
        index++;
        double stated = reader.ptsMs();
        if (Double.isNaN(stated)) {
            double fps = reader.probe().fps();
            double step = fps > 0 ? 1000 / fps : 40;
            ptsMs = Double.isNaN(ptsMs) ? 0 : ptsMs + step;
        } else {
            ptsMs = stated;
        }
        if (reader.damaged()) {
            countDamage();
        }
        return true;
    }

    private void countDamage() {
        if (damagedFrames++ == 0) {
            firstDamaged = index;
            firstDamagedMs = ptsMs;
        }
    }

    /** Index of the current frame; -1 before the first. */
    public long index() {
        return index;
    }

    /** Time of the current frame; where the source states none, counted on at its frame rate. */
    public double ptsMs() {
        return ptsMs;
    }

    /** Width of the current frame as displayed. */
    public int width() {
        return reader.width();
    }

    /** Height of the current frame as displayed. */
    public int height() {
        return reader.height();
    }

    /** Whether parts of the current frame are missing or made up. */
    public boolean damaged() {
        return reader.damaged();
    }

    /** Light of the current frame. */
    public ColorInfo light() {
        return reader.light();
    }

    /** The current frame's pixels, until the next call of this cursor. */
    public DecodedPicture picture(PixelOrder order) {
        return reader.picture(order);
    }

    public VideoInfo probe() {
        return reader.probe();
    }

    /** What was wrong with the source so far; after {@link #resume}, from there on. */
    public List<String> warnings() {
        SourceDamage damage = reader.damage();
        if (damagedFrames == 0 && !damage.any()) {
            return reader.warnings();
        }
        StringBuilder line = new StringBuilder("the source is damaged:");
        if (damagedFrames > 0) {
            line.append(String.format(
                    Locale.ROOT,
                    " %d %s shown with errors, first frame %d at %.1f s;",
                    damagedFrames,
                    damagedFrames == 1 ? "frame is" : "frames are",
                    firstDamaged,
                    firstDamagedMs / 1000));
        }
        if (damage.any()) {
            line.append(String.format(
                    Locale.ROOT,
                    " %d broken packets and %d read errors, first near %.1f s;",
                    damage.brokenPackets(),
                    damage.readErrors(),
                    Double.isNaN(damage.firstMs()) ? 0 : damage.firstMs() / 1000));
        }
        List<String> lines = new ArrayList<>();
        lines.add(line.append(" what could be decoded is delivered").toString());
        lines.addAll(reader.warnings());
        return lines;
    }

    @Override
    public void close() {
        reader.close();
    }
}
