package io.framequota.media.decode.ffmpeg;

import io.framequota.media.decode.SourceException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOInterruptCB;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the time in which the calling thread opens a source. FFmpeg asks before each read whether to go on, and stops when the time
 * is over or the thread is interrupted. Computation between two reads is not bounded.
 */
final class OpenTimeout implements AutoCloseable {
    private static final ThreadLocal<@Nullable OpenTimeout> CURRENT = new ThreadLocal<>();
    /** Shared, because JavaCPP has few native callbacks; the reading thread tells whose time is asked for. */
    private static final AVIOInterruptCB.Callback_Pointer INTERRUPT = new AVIOInterruptCB.Callback_Pointer() {
        @Override
        public int call(@Nullable Pointer opaque) {
            OpenTimeout timeout = CURRENT.get();
            return timeout != null && timeout.isOver() ? 1 : 0;
        }
    };

    private final Duration limit;
    private final long began = System.nanoTime();

    private OpenTimeout(Duration limit) {
        this.limit = limit;
    }

    /** Begins the calling thread's time; the same thread closes it. */
    static OpenTimeout begin(Duration limit) {
        OpenTimeout timeout = new OpenTimeout(limit);
        CURRENT.set(timeout);
        return timeout;
    }

    /** Makes the opening of a container ask for this time. */
    void applyTo(AVFormatContext format) {
        format.interrupt_callback().callback(INTERRUPT);
    }

    private boolean isOver() {
        return Thread.currentThread().isInterrupted() || System.nanoTime() - began >= limit.toNanos();
    }

    /**
     * Throws when the opening was stopped.
     *
     * @throws CancellationException when the thread is interrupted; it stays interrupted
     * @throws SourceException when the time is over
     */
    void check(String name) throws SourceException {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("interrupted while a source was opened");
        }
        if (isOver()) {
            throw new SourceException(name + " could not be opened within " + limit.toSeconds()
                    + " s; convert it, for example to MP4, and submit the result");
        }
    }

    @Override
    public void close() {
        CURRENT.remove();
    }
}
