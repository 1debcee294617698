package io.framequota.media.live.ffmpeg;

import static org.bytedeco.ffmpeg.global.avformat.avio_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avio_context_free;
import static org.bytedeco.ffmpeg.global.avutil.av_free;
import static org.bytedeco.ffmpeg.global.avutil.av_malloc;

import io.framequota.common.failure.MessageSanitizer;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.Read_packet_Pointer_BytePointer_int;
import org.bytedeco.ffmpeg.avformat.Seek_Pointer_long_int;
import org.bytedeco.ffmpeg.avformat.Write_packet_Pointer_BytePointer_int;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** A stream of Java that FFmpeg reads. Owns the native memory for it. Used by one thread; its stream may be closed by another. */
final class NativeInput implements AutoCloseable {
    private static final int BUFFER = 32 * 1024;
    private static final int ERROR_IO = -5;

    private static final AtomicLong NUMBERS = new AtomicLong();
    private static final Map<Long, NativeInput> OPEN = new ConcurrentHashMap<>();

    /** Shared, because JavaCPP has few native callbacks; the number tells the stream. */
    private static final Read_packet_Pointer_BytePointer_int READ = new Read_packet_Pointer_BytePointer_int() {
        @Override
        public int call(Pointer number, BytePointer to, int size) {
            NativeInput input = OPEN.get(number.address());
            return input == null ? ERROR_IO : input.read(to, size);
        }
    };

    /** A number in the place of an address. */
    private static final class Numbered extends Pointer {
        Numbered(long number) {
            super((Pointer) null);
            address = number;
        }
    }

    private final long number = NUMBERS.incrementAndGet();
    private final InputStream in;
    private final LiveDeadline deadline;
    private final AVIOContext context;
    private final byte[] buffer = new byte[BUFFER];
    private @Nullable IOException failure;
    private boolean closed;

    /**
     * @param in closed with this
     * @param deadline asked before each read, as FFmpeg asks before its own
     */
    NativeInput(InputStream in, LiveDeadline deadline) {
        this.in = in;
        this.deadline = deadline;
        BytePointer memory = new BytePointer(av_malloc(BUFFER));
        context = avio_alloc_context(
                memory,
                BUFFER,
                0,
                new Numbered(number),
                READ,
                (Write_packet_Pointer_BytePointer_int) null,
                (Seek_Pointer_long_int) null);
        if (context == null || context.isNull()) {
            av_free(memory);
            throw new OutOfMemoryError("no native memory to read a stream");
        }
        OPEN.put(number, this);
    }

    AVIOContext context() {
        return context;
    }

    /** What the stream said when it failed, in a few words; empty while it has not. */
    String failure() {
        return failure == null ? "" : MessageSanitizer.describe(failure);
    }

    private int read(BytePointer to, int size) {
        if (deadline.isOver()) {
            return avutil.AVERROR_EXIT;
        }
        try {
            int read = in.read(buffer, 0, Math.min(size, BUFFER));
            if (read < 0) {
                return avutil.AVERROR_EOF;
            }
            to.put(buffer, 0, read);
            return read;
        } catch (IOException e) {
            failure = e;
            return ERROR_IO;
        } catch (RuntimeException e) {
            // Nothing may be thrown through native code.
            failure = new IOException(e);
            return ERROR_IO;
        }
    }

    /** Ends a read that waits. For any thread. */
    void closeStream() {
        try {
            in.close();
        } catch (IOException e) {
            // It is closed as far as it can be.
        }
    }

    /** Frees the native memory; FFmpeg must not use the context any more. */
    @Override
    public void close() {
        closeStream();
        if (!closed) {
            closed = true;
            OPEN.remove(number);
            // FFmpeg may have put another buffer in the place of ours.
            av_free(context.buffer());
            avio_context_free(context);
        }
    }
}
