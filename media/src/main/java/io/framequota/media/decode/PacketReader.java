package io.framequota.media.decode;

import io.framequota.contract.control.AccessUnit;
import io.framequota.contract.control.CodecParameters;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads the packets of a video in decoding order, without decoding them. For one thread at a time, which must be a platform thread
 * because calls run in native code. Owns native memory until it is closed.
 */
public interface PacketReader extends AutoCloseable {
    /** What the container says about the video. */
    VideoInfo info();

    /** What a {@link FrameDecoder} of the packets needs to know. */
    CodecParameters parameters();

    /** Whether the picture consists of tiles, each in a stream of its own. Then the packets of one stream are of no use. */
    boolean tiled();

    /** Milliseconds of one tick, the unit of the packets' times. */
    double msPerTick();

    /** Moves to the next packet of the video; once there is none it keeps returning false. */
    boolean next();

    /** A copy of the current packet with everything but {@code frame}, {@code pts_ms} and {@code infer}. */
    AccessUnit.Builder unit();

    /** Whether the container says that bytes of the current packet are broken. */
    boolean corrupt();

    /** Why the current packet cannot be decoded as the others are, one line for people; empty when it can. */
    default String irregular() {
        return "";
    }

    /**
     * Goes to a key packet at or before a time, as well as the container can.
     *
     * @return false when the container cannot; then this reader must not be used further
     */
    boolean seek(double ptsMs);

    /** Errors of the container so far. */
    long readErrors();

    /** Warnings about the source so far, one line each for people, a bounded number. Whether it ends early is known at its end. */
    List<String> warnings();

    @Override
    void close();

    /** Opens files. Safe for use by many threads. */
    interface Factory {
        /**
         * Opens a file in front of its first packet; may wait for memory.
         *
         * @param stream as in {@link VideoDecoder#open}
         * @throws SourceException as {@link VideoDecoder#open}
         * @throws java.util.concurrent.CancellationException when interrupted while waiting for memory
         */
        PacketReader packets(Path video, int stream) throws SourceException;
    }
}
