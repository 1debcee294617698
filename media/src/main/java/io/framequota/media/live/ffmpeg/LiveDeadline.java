package io.framequota.media.live.ffmpeg;

import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOInterruptCB;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Ends FFmpeg's waiting for a stream: when its time is over, when the reader is closed by another thread, and when the thread is interrupted.
 * FFmpeg asks every 100 ms while it waits.
 */
final class LiveDeadline {
    private static final ThreadLocal<@Nullable LiveDeadline> CURRENT = new ThreadLocal<>();

    /** Shared, because JavaCPP has few native callbacks; the reading thread tells which reader waits. */
    private static final AVIOInterruptCB.Callback_Pointer INTERRUPT = new AVIOInterruptCB.Callback_Pointer() {
        @Override
        public int call(@Nullable Pointer opaque) {
            LiveDeadline deadline = CURRENT.get();
            return deadline != null && deadline.isOver() ? 1 : 0;
        }
    };

    private volatile boolean closed;
    private long until = Long.MAX_VALUE;

    /** Makes a container ask, which is not opened yet. */
    void applyTo(AVFormatContext format) {
        format.interrupt_callback().callback(INTERRUPT);
    }

    /**
     * Says that the calling thread calls FFmpeg now.
     *
     * @param untilNanos when it has to stop, on the clock of {@link System#nanoTime}
     */
    void enter(long untilNanos) {
        until = untilNanos;
        CURRENT.set(this);
    }

    /** Says that the calling thread no longer does. */
    void leave() {
        CURRENT.remove();
    }

    /** Ends whatever waits. For any thread. */
    void close() {
        closed = true;
    }

    /** Whether the reader is closed, or the thread is to stop what it does. */
    boolean isClosed() {
        return closed || Thread.currentThread().isInterrupted();
    }

    boolean isTimeOver() {
        return System.nanoTime() - until >= 0;
    }

    /** Whether waiting ends now. */
    boolean isOver() {
        return isClosed() || isTimeOver();
    }
}
