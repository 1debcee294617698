package io.framequota.media.decode;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a video's frames in presentation order. For one thread at a time, which must be a platform thread because calls decode in
 * native code. Owns native memory until it is closed.
 */
public interface VideoReader extends AutoCloseable {
    /** What the container says about the video, with the size of the first frame as displayed. */
    VideoInfo info();

    /** Moves to the next frame; once there is none it keeps returning false. */
    boolean next();

    /** Time of the current frame in milliseconds as the source states it, not rebased; NaN when it states none. */
    double ptsMs();

    /** Whether the current frame can be decoded without any other frame. */
    boolean key();

    /** Whether parts of the current frame are missing or made up because its bytes are damaged. */
    boolean damaged();

    /**
     * Why the current frame has no picture, one line for people; null when it has one. A frame without a picture has a place of its
     * own in the source, such as a file in a folder, and the size of the first picture.
     */
    default @Nullable String error() {
        return null;
    }

    /** Name of the current frame's file within the source, null for a video. */
    default @Nullable String file() {
        return null;
    }

    /** Width of the current frame as displayed; the size may change within a source. */
    int width();

    /** Height of the current frame as displayed. */
    int height();

    /** Colour space of the current frame as far as the source states it. */
    ColorInfo color();

    /** The current frame's pixels, unless it has an error. They belong to this reader and are valid until its next call. */
    DecodedPicture picture(PixelOrder order);

    /**
     * Goes to a key frame at or before a time, as well as the container can; {@link #next} then gives a frame near it.
     *
     * @return false when the container cannot; then this reader must not be used further
     */
    boolean seek(double ptsMs);

    /** What could not be read or decoded so far, or since {@link #resetDamage}. */
    SourceDamage damage();

    /** Other warnings about the source so far, one line each for people, a bounded number. */
    List<String> warnings();

    /** Forgets the damage so far, but not that the source ends early. */
    void resetDamage();

    @Override
    void close();
}
