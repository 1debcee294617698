package io.framequota.ingest.decode.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;

/** The one place that knows FFmpeg's error codes. */
final class Errors {
    private Errors() {}

    static boolean isEnd(int code) {
        return code == avutil.AVERROR_EOF;
    }

    static boolean isAgain(int code) {
        return code == avutil.AVERROR_EAGAIN();
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
