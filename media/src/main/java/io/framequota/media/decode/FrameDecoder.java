package io.framequota.media.decode;

import io.framequota.contract.control.AccessUnit;
import io.framequota.contract.control.CodecParameters;

/**
 * Decodes the packets of one stream to frames in presentation order. For one thread at a time, which must be a platform thread
 * because calls decode in native code. Owns native memory until it is closed.
 *
 * <p>Use: call {@link #next} until it returns false, {@link #send} one packet, and so on; behind the last packet {@link #drain} once
 * and call {@link #next} until it returns false.
 */
public interface FrameDecoder extends AutoCloseable {
    /** In place of a time in ticks: a packet or frame has none. */
    long NO_TIME = Long.MIN_VALUE;

    /**
     * Moves to the next frame.
     *
     * @return false when the decoder needs a packet or, after {@link #drain}, has given all frames
     */
    boolean next();

    /**
     * Gives the decoder a packet.
     *
     * @throws SourceException when the packet is beyond a limit, or no decoder can be opened
     */
    void send(AccessUnit packet) throws SourceException;

    /** Says that no packet follows. */
    void drain();

    /** Time of the current frame in ticks of its stream; {@link #NO_TIME} when it has none. */
    long pts();

    /** Whether the current frame can be decoded without any other frame. */
    boolean key();

    /** Whether parts of the current frame are missing or made up because its bytes are damaged. */
    boolean damaged();

    /** Orientation of the current frame; before the first one, that of the container. */
    Orientation orientation();

    /** Width of the current frame as displayed. */
    int width();

    /** Height of the current frame as displayed. */
    int height();

    /** Colour space of the current frame as far as the source states it. */
    ColorInfo color();

    /** The current frame's pixels. They belong to this decoder and are valid until its next call. */
    DecodedPicture picture(PixelOrder order);

    /** Packets so far that gave no frame because they are broken. */
    long brokenPackets();

    @Override
    void close();

    /** Opens decoders. Safe for use by many threads. */
    interface Factory {
        /**
         * Opens a decoder; may wait for memory.
         *
         * @param name of the source, for error messages
         * @throws SourceException when the codec is not decoded here, or the pictures are beyond a limit
         * @throws java.util.concurrent.CancellationException when interrupted while waiting for memory
         */
        FrameDecoder decoder(CodecParameters parameters, String name) throws SourceException;
    }
}
