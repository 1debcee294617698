package io.framequota.media.decode;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads a video's frames and numbers them: the index of a frame is its position in presentation order as the decoder delivers it.
 * Can begin in the middle and still number them exactly. For one thread at a time.
 */
public final class FrameCursor implements AutoCloseable {
    private final VideoDecoder decoder;
    private final Path file;
    private final int stream;
    private VideoReader reader;
    private long damagedFrames;
    private long firstDamaged;
    private double firstDamagedMs;
    private long index = -1;
    private double ptsMs = Double.NaN;
    /** Whether the reader is on the frame that the next call of {@link #next} is to give. */
    private boolean held;

    private FrameCursor(VideoDecoder decoder, Path file, int stream) throws SourceException {
        this.decoder = decoder;
        this.file = file;
        this.stream = stream;
        reader = decoder.open(file, stream);
    }

    /**
     * Opens a video in front of its first frame.
     *
     * @throws SourceException as {@link VideoDecoder#open}
     */
    public static FrameCursor open(VideoDecoder decoder, Path video) throws SourceException {
        return open(decoder, video, VideoDecoder.ANY_STREAM);
    }

    /**
     * Opens one stream of a video in front of its first frame.
     *
     * @throws SourceException as {@link VideoDecoder#open}
     */
    public static FrameCursor open(VideoDecoder decoder, Path video, int stream) throws SourceException {
        return new FrameCursor(decoder, video, stream);
    }

    /**
     * Goes on so that {@link #next} gives the frame {@code nextIndex}. Seeks to a frame whose index and time are known; when that
     * time does not come back exactly once behind a key frame, decodes from the start instead.
     *
     * @param knownIndex below {@code nextIndex}
     * @param stopped ends this call early when true; then the cursor must not be used further
     */
    public void resume(long knownIndex, double knownPtsMs, long nextIndex, BooleanSupplier stopped)
            throws SourceException {
        if (knownIndex >= nextIndex || !seekBehind(knownIndex, knownPtsMs, stopped)) {
            reader.close();
            reader = decoder.open(file, stream);
            index = -1;
            ptsMs = Double.NaN;
            held = false;
        }
        while (index + (held ? 0 : 1) < nextIndex && !stopped.getAsBoolean() && next()) {
            // These frames are on the topic already.
        }
        // The pass that wrote the frames so far has reported their damage.
        reader.resetDamage();
        damagedFrames = 0;
        if (held && reader.damaged()) {
            countDamage();
        }
    }

    /** Holds the frame behind the known one for the next call of {@link #next}; false when the known frame is not found. */
    private boolean seekBehind(long knownIndex, double knownPtsMs, BooleanSupplier stopped) {
        if (Double.isNaN(knownPtsMs) || !reader.seek(knownPtsMs)) {
            return false;
        }
        boolean keySeen = false;
        while (!stopped.getAsBoolean() && reader.next()) {
            double pts = reader.ptsMs();
            if (Double.isNaN(pts) || pts > knownPtsMs) {
                return false;
            }
            // In front of the first key frame the decoder may drop frames whose references it lacks.
            keySeen |= reader.key();
            if (pts == knownPtsMs) {
                return keySeen && holdNext(knownIndex, knownPtsMs);
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
        // With a second frame at the same time it is unknown which of the two the index belongs to.
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
            double fps = reader.info().fps();
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

    /** What the container says about the video. */
    public VideoInfo info() {
        return reader.info();
    }

    /** Index of the current frame; -1 before the first. */
    public long index() {
        return index;
    }

    /** Time of the current frame; where the source states none, the time before plus one frame at its frame rate. */
    public double ptsMs() {
        return ptsMs;
    }

    /** Why the current frame has no picture, null when it has one. */
    public @Nullable String error() {
        return reader.error();
    }

    /** Name of the current frame's file within the source, null for a video. */
    public @Nullable String file() {
        return reader.file();
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

    /** Colour space of the current frame. */
    public ColorInfo color() {
        return reader.color();
    }

    /** The current frame's pixels, unless it has an error; valid until the next call of this cursor. */
    public DecodedPicture picture(PixelOrder order) {
        return reader.picture(order);
    }

    /** Warnings about the source so far, one line each; after {@link #resume}, about the frames from there on. */
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
