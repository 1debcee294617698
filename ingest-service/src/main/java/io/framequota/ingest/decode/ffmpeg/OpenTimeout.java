package io.framequota.ingest.decode.ffmpeg;

import io.framequota.ingest.decode.SourceException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOInterruptCB;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * How long the calling thread may take to open a source. FFmpeg asks at each read whether to go on: it stops when the time is
 * over or the thread is interrupted. What it computes between two reads it does not ask about.
 */
final class OpenTimeout implements AutoCloseable {
    private static final ThreadLocal<@Nullable OpenTimeout> CURRENT = new ThreadLocal<>();
    /** One for all, since there are few native functions that call into Java; who is asked for is the thread that reads. */
    private static final AVIOInterruptCB.Callback_Pointer ASKED = new AVIOInterruptCB.Callback_Pointer() {
        @Override
        public int call(@Nullable Pointer nobody) {
            OpenTimeout time = CURRENT.get();
            return time != null && time.isOver() ? 1 : 0;
        }
    };

    private final Duration most;
    private final long began = System.nanoTime();

    private OpenTimeout(Duration most) {
        this.most = most;
    }

    /** Begins for the calling thread; to be closed by it. */
    static OpenTimeout begin(Duration most) {
        OpenTimeout time = new OpenTimeout(most);
        CURRENT.set(time);
        return time;
    }

    /** Has a container that is not open yet ask. */
    void bound(AVFormatContext format) {
        format.interrupt_callback().callback(ASKED);
    }

    private boolean isOver() {
        return Thread.currentThread().isInterrupted() || System.nanoTime() - began >= most.toNanos();
    }

    /**
     * Goes on when nothing was stopped.
     *
     * @throws CancellationException when the thread is interrupted; it stays so
     * @throws SourceException when the time is over
     */
    void check(String name) throws SourceException {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("interrupted while a source was opened");
        }
        if (isOver()) {
            throw new SourceException(name + " could not be opened within " + most.toSeconds()
                    + " s; write it anew, for instance as MP4, and submit that");
        }
    }

    @Override
    public void close() {
        CURRENT.remove();
    }
}
