package io.framequota.ingest.decode.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;

/** The one place that knows FFmpeg's error codes. */
final class FfmpegErrors {
    /** Numbers of the system's errors lie below this. */
    private static final int SYSTEM = 4096;

    private FfmpegErrors() {}

    static boolean isEnd(int code) {
        return code == avutil.AVERROR_EOF;
    }

    static boolean isAgain(int code) {
        return code == avutil.AVERROR_EAGAIN();
    }

    /** Whether a code is about what a file holds, rather than about memory, files or the disk. */
    static boolean isOfContent(int code) {
        // FFmpeg's own codes are four letters; the system's are small. EINVAL is also said of kinds that are not
        // allowed.
        return code < -SYSTEM || code == avutil.AVERROR_EINVAL();
    }

    /** FFmpeg's words for a code. */
    static String text(int code) {
        try (BytePointer text = new BytePointer(256)) {
            av_strerror(code, text, 256);
            // The pointer knows its capacity, so its string goes on behind the terminator.
            return text.getString().split("\0", 2)[0];
        }
    }
}
