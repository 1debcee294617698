package io.framequota.media.decode.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_max_alloc;

/** What FFmpeg is told once in a process, before it reads anything. */
public final class FfmpegSetup {
    /** Largest single allocation of FFmpeg; more than the largest allowed picture takes. */
    static final long LARGEST_BLOCK = 768L << 20;

    static {
        // A job's warnings report what is wrong with its source; FFmpeg would print it to standard error.
        av_log_set_level(AV_LOG_QUIET);
        av_max_alloc(LARGEST_BLOCK);
    }

    private FfmpegSetup() {}

    /** Loads FFmpeg's libraries and tells them; again, it does nothing. */
    public static void apply() {
        // Done by the static block above.
    }
}
