package io.framequota.media.decode.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;

/** Interprets FFmpeg's error codes. */
public final class FfmpegErrors {
    /** Error numbers of the operating system are below this. */
    private static final int SYSTEM = 4096;

    private FfmpegErrors() {}

    public static boolean isEnd(int code) {
        return code == avutil.AVERROR_EOF;
    }

    public static boolean isAgain(int code) {
        return code == avutil.AVERROR_EAGAIN();
    }

    /** Whether a code is about the content of a file, and not about memory, files or the disk. */
    static boolean isOfContent(int code) {
        // FFmpeg's own codes are four letters. It also gives EINVAL for formats that are not allowed.
        return code < -SYSTEM || code == avutil.AVERROR_EINVAL();
    }

    /** FFmpeg's message for a code. */
    public static String text(int code) {
        try (BytePointer text = new BytePointer(256)) {
            av_strerror(code, text, 256);
            // getString() reads the whole capacity, beyond the terminator.
            return text.getString().split("\0", 2)[0];
        }
    }
}
