package io.framequota.ingest.decode;

import io.framequota.ingest.source.SourceException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Counts a video's frames: the index of a frame is its position in presentation order as the decoder delivers it. Can begin
 * in the middle and still count right. For one thread at a time.
 */
public final class FrameCursor implements AutoCloseable {
    private final VideoDecoder decoder;
    private final Path video;
    private VideoReader reader;
    private long index = -1;
    private double ptsMs = Double.NaN;
    private boolean held;

    private FrameCursor(VideoDecoder decoder, Path video, VideoReader reader) {
        this.decoder = decoder;
        this.video = video;
        this.reader = reader;
    }

    /**
     * Opens a video before its first frame.
     *
     * @throws SourceException as {@link VideoDecoder#open}
     */
    public static FrameCursor open(VideoDecoder decoder, Path video) throws SourceException {
        return new FrameCursor(decoder, video, decoder.open(video));
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
            reader = decoder.open(video);
            index = -1;
            ptsMs = Double.NaN;
            held = false;
        }
        while (index + (held ? 0 : 1) < nextIndex && !stopped.getAsBoolean() && next()) {
            // Decoded over: these frames lie on the topic already.
        }
        // Whoever wrote them has told what was wrong with them.
        reader.forgive();
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
        return true;
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

    /** Light of the current frame. */
    public Light light() {
        return reader.light();
    }

    /** The current frame's pixels, until the next call of this cursor. */
    public Picture picture(PixelOrder order) {
        return reader.picture(order);
    }

    public Probe probe() {
        return reader.probe();
    }

    /** What was wrong with the source so far; after {@link #resume}, from there on. */
    public List<String> warnings() {
        return reader.warnings();
    }

    @Override
    public void close() {
        reader.close();
    }
}
