package io.framequota.media.live;

import io.framequota.contract.control.AccessUnit;
import io.framequota.contract.control.CodecParameters;
import io.framequota.media.decode.SourceException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

/**
 * Writes the packets of one video stream to where it is watched. For one thread, which must be a platform thread because calls run in
 * native code; {@link #interrupt} may be called by any thread. Owns native memory until it is closed.
 */
public interface LiveWriter extends AutoCloseable {
    /**
     * Writes a packet.
     *
     * @param unit the first one is a key picture; their times rise
     * @throws IOException when it cannot be written: one line for people without secrets; nothing more can be written then
     */
    void write(AccessUnit unit) throws IOException;

    /** Ends a call that waits, and every later one. */
    void interrupt();

    @Override
    void close();

    /** Opens writers. Safe for use by many threads. */
    interface Factory {
        /**
         * Connects to an RTMP server and begins to publish.
         *
         * @param target rtmp or rtmps, with its secrets, which appear in no message
         * @throws SourceException when the address may not be used or has no host
         * @throws IOException when nothing answers there or the server refuses: one line for people without secrets
         */
        LiveWriter publish(URI target, CodecParameters codec) throws SourceException, IOException;

        /**
         * Writes HLS: a playlist {@code live.m3u8} and segments of MPEG-TS, of which the last ones are kept. Goes on with a playlist that
         * is there.
         *
         * @param folder that exists
         * @param base of the segments' addresses in the playlist, with a slash at its end
         * @throws IOException when the folder cannot be written
         */
        LiveWriter hls(Path folder, String base, CodecParameters codec) throws IOException;
    }
}
