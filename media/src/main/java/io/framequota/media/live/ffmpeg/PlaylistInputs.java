package io.framequota.media.live.ffmpeg;

import io.framequota.common.failure.MessageSanitizer;
import io.framequota.media.decode.SourceException;
import io.framequota.media.live.LiveNetwork;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVFormatContext.Io_close2_AVFormatContext_AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVFormatContext.Io_open_AVFormatContext_PointerPointer_BytePointer_int_PointerPointer;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;

/**
 * Opens what a playlist names (segments, keys, the playlist again) in FFmpeg's place, so that each address is checked and none but http
 * and https is read. Used by the one thread that reads the playlist; {@link #closeStreams} may be called by any.
 */
final class PlaylistInputs implements AutoCloseable {
    private static final int ERROR_IO = -5;

    /** The pause behind an address that could not be opened, times their number in a row. */
    private static final long PAUSE_MS = 100;

    private static final long MOST_PAUSE_MS = 1000;

    private static final ThreadLocal<@Nullable PlaylistInputs> CURRENT = new ThreadLocal<>();

    private static final Io_open_AVFormatContext_PointerPointer_BytePointer_int_PointerPointer OPEN =
            new Io_open_AVFormatContext_PointerPointer_BytePointer_int_PointerPointer() {
                @Override
                @SuppressWarnings("rawtypes")
                public int call(
                        AVFormatContext format,
                        PointerPointer context,
                        BytePointer url,
                        int flags,
                        PointerPointer options) {
                    PlaylistInputs inputs = CURRENT.get();
                    NativeInput input = inputs == null ? null : inputs.open(url.getString());
                    if (input == null) {
                        return ERROR_IO;
                    }
                    context.put(0, input.context());
                    return 0;
                }
            };

    private static final Io_close2_AVFormatContext_AVIOContext CLOSE = new Io_close2_AVFormatContext_AVIOContext() {
        @Override
        public int call(AVFormatContext format, AVIOContext context) {
            PlaylistInputs inputs = CURRENT.get();
            if (inputs != null) {
                inputs.close(context);
            }
            return 0;
        }
    };

    private final LiveNetwork network;
    private final LiveDeadline deadline;
    private final Duration silence;
    /** By the address of its context. */
    private final Map<Long, NativeInput> open = new ConcurrentHashMap<>();

    private volatile boolean closed;
    /** Addresses in a row that could not be opened; of the thread that reads. */
    private int failures;

    private volatile String failure = "";
    /** Stays when a later address can be opened, such as the playlist again. */
    private volatile String lastFailure = "";

    PlaylistInputs(LiveNetwork network, Duration silence, LiveDeadline deadline) {
        this.network = network;
        this.deadline = deadline;
        this.silence = silence;
    }

    /** Makes a container use this, which is not opened yet. */
    void applyTo(AVFormatContext format) {
        format.io_open(OPEN);
        format.io_close2(CLOSE);
    }

    void enter() {
        CURRENT.set(this);
    }

    void leave() {
        CURRENT.remove();
    }

    /** Why the last address could not be opened; empty when it was. */
    String failure() {
        return failure;
    }

    /** Why an address could not be opened, the latest one for which that is so; empty when all could. */
    String lastFailure() {
        return lastFailure;
    }

    /** FFmpeg goes on to the next segment at once when one cannot be had, and a playlist may name thousands. */
    private @Nullable NativeInput open(String url) {
        NativeInput input = request(url);
        if (input != null) {
            failures = 0;
        } else if (!closed) {
            failures++;
            lastFailure = failure;
            try {
                Thread.sleep(Math.min(MOST_PAUSE_MS, failures * PAUSE_MS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return input;
    }

    private @Nullable NativeInput request(String url) {
        try {
            URI address = URI.create(url);
            String scheme = address.getScheme();
            if (!"http".equalsIgnoreCase(scheme) && !"https".equalsIgnoreCase(scheme)) {
                failure = "its playlist names an address that is neither http nor https";
                return null;
            }
            NativeInput input =
                    new NativeInput(network.request(address, silence).body(), deadline);
            open.put(input.context().address(), input);
            if (closed) {
                input.closeStream();
            }
            failure = "";
            return input;
        } catch (SourceException e) {
            failure = String.valueOf(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // Nothing may be thrown through native code.
            failure = MessageSanitizer.describe(e);
        }
        return null;
    }

    private void close(Pointer context) {
        NativeInput input = open.remove(context.address());
        if (input != null) {
            input.close();
        }
    }

    /** Ends reads that wait. For any thread. */
    void closeStreams() {
        closed = true;
        open.values().forEach(NativeInput::closeStream);
    }

    /** After FFmpeg has closed the container. */
    @Override
    public void close() {
        open.values().forEach(NativeInput::close);
        open.clear();
    }
}
