package io.framequota.ingest.decode;

import java.util.List;

/**
 * One pass over a video. For one thread at a time, a platform thread: every call decodes in native code. It owns native
 * memory until it is closed.
 */
public interface VideoReader extends AutoCloseable {
    /** What the container says of the video, with the size of the first frame as displayed. */
    VideoInfo probe();

    /** Moves to the next frame in presentation order; false behind the last one, for good. */
    boolean next();

    /** Time of the current frame in milliseconds as the source states it, not rebased; NaN when it states none. */
    double ptsMs();

    /** Whether the current frame can be decoded without any other. */
    boolean key();

    /** Whether parts of the current frame are missing or made up, because its bytes are damaged. */
    boolean damaged();

    /** Width of the current frame as displayed; a source may change its size on the way. */
    int width();

    /** Height of the current frame as displayed. */
    int height();

    /** The current frame's light, as far as the source states it. */
    ColorInfo light();

    /** The current frame's pixels. They belong to this reader and last until its next call. */
    DecodedPicture picture(PixelOrder order);

    /**
     * Goes to a key frame at or before a time, as well as the container can; {@link #next} then gives a frame near it.
     *
     * @return whether the container could; when not, this reader is of no further use
     */
    boolean seek(double ptsMs);

    /** What could not be read or decoded so far, or since {@link #forgive}. */
    SourceDamage damage();

    /** What else there is to say of the source so far, one line each for people, a bounded number. */
    List<String> warnings();

    /** Forgets what was damaged up to here; that the source ends early is no part of it. */
    void forgive();

    @Override
    void close();
}
