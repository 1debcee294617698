package io.framequota.media.encode.ffmpeg;

import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_WRITE;
import static org.bytedeco.ffmpeg.global.avformat.av_write_trailer;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_output_context2;
import static org.bytedeco.ffmpeg.global.avformat.avformat_free_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_write_header;
import static org.bytedeco.ffmpeg.global.avformat.avio_closep;
import static org.bytedeco.ffmpeg.global.avformat.avio_open;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;

import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avutil.AVDictionary;

/** Copies a video with its sound, as they are encoded, into an MP4 file that is not fragmented and has its index at the end. */
public final class Mp4Copy {
    static {
        av_log_set_level(AV_LOG_QUIET);
    }

    private Mp4Copy() {}

    /**
     * Copies the video stream that a player would show, and all sound.
     *
     * @throws IOException when a file cannot be read or written, or MP4 cannot hold a stream
     */
    public static void copy(Path from, Path mp4) throws IOException {
        AVFormatContext format = new AVFormatContext(null);
        AVIOContext out = new AVIOContext(null);
        try {
            check(mp4, avformat_alloc_output_context2(format, null, "mp4", mp4.toString()));
            try (StreamCopy copy = StreamCopy.all(from, format, true)) {
                check(mp4, avio_open(out, "file:" + mp4.toAbsolutePath(), AVIO_FLAG_WRITE));
                format.pb(out);
                check(mp4, avformat_write_header(format, new AVDictionary()));
                copy.copyUntil(Double.MAX_VALUE, 0, code -> check(mp4, code));
                check(mp4, av_write_trailer(format));
            }
        } finally {
            if (!out.isNull()) {
                avio_closep(out);
            }
            if (!format.isNull()) {
                avformat_free_context(format);
            }
        }
    }

    private static void check(Path file, int code) throws IOException {
        if (code < 0) {
            throw new IOException("cannot write the video " + file.getFileName() + ": FFmpeg's error " + code);
        }
    }
}
