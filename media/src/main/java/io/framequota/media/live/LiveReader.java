package io.framequota.media.live;

import io.framequota.contract.control.AccessUnit;
import io.framequota.contract.control.CodecParameters;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.VideoInfo;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;

/**
 * Reads the video packets of one stream in decoding order, as they arrive. For one thread, which must be a platform thread because calls
 * run in native code; {@link #close} may be called by any thread and ends a call that waits. Owns native memory until it is closed.
 *
 * <p>The first packet is a key picture. Times are those of the stream, repaired: presentation times rise over the pictures of a reader,
 * whatever the stream's own times do (wrap, jump back, start anywhere), and a jump forward beyond a second that the arrival does not
 * show is taken out. The first picture's time is 0.
 */
public interface LiveReader extends AutoCloseable {
    /** Where a stream comes from. */
    sealed interface Input {
        /**
         * An address that is connected to: rtmp, rtsp, http or https.
         *
         * @param url with its secrets, which appear in no message
         * @param silence after which a source that sends nothing counts as lost
         */
        record Address(String url, Duration silence) implements Input {}

        /**
         * A stream that was pushed to us, as FLV.
         *
         * @param flv closed by the reader
         */
        record Pushed(InputStream flv) implements Input {}
    }

    /** What the stream says about its video; the frame rate is measured from the first pictures when the stream does not say it. */
    VideoInfo info();

    /** What a decoder of the current and the following packets needs to know. */
    CodecParameters parameters();

    /** Whether {@link #parameters} differ from those of the packet before: size, codec or parameter sets have changed. */
    boolean parametersChanged();

    /**
     * Waits for the next packet of the video.
     *
     * @return false when the source said that the stream has ended
     * @throws SourceException when the connection was lost or the stream cannot be read any further, or the thread was interrupted
     */
    boolean next() throws SourceException;

    /** A copy of the current packet with everything but {@code frame} and {@code infer}; {@code pts_ms} is its repaired time. */
    AccessUnit.Builder unit();

    /** What was noticed about the stream so far, one line each for people, a bounded number. */
    List<String> warnings();

    @Override
    void close();

    /** Opens streams. Safe for use by many threads. */
    interface Factory {
        /**
         * Connects and waits until the video is known.
         *
         * @throws SourceException when there is no stream or no video that can be used: one line for people without secrets. Also
         *     when the thread is interrupted, which it stays
         */
        LiveReader open(Input input) throws SourceException;
    }
}
