package io.framequota.media.decode.ffmpeg;

import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_READ;
import static org.bytedeco.ffmpeg.global.avformat.AVPROBE_SCORE_RETRY;
import static org.bytedeco.ffmpeg.global.avformat.av_probe_input_buffer2;
import static org.bytedeco.ffmpeg.global.avformat.av_probe_input_format2;
import static org.bytedeco.ffmpeg.global.avformat.avio_closep;
import static org.bytedeco.ffmpeg.global.avformat.avio_open2;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;

import java.nio.file.Path;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVIOInterruptCB;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avformat.AVProbeData;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;

/**
 * The demuxer that FFmpeg chooses for a file. The file is opened with it later, so the checks before apply to the format in which
 * the file is read, however it begins.
 *
 * @param format to open the file with; null where FFmpeg knows none
 * @param name such as {@code matroska,webm}, empty where FFmpeg knows none
 */
record Demuxer(@Nullable AVInputFormat format, String name) {
    private static final Demuxer NONE = new Demuxer(null, "");

    static {
        FfmpegSetup.apply();
    }

    /** The file's address for FFmpeg. With a protocol in front FFmpeg takes a path for no other protocol and no pattern. */
    static String url(Path video) {
        return "file:" + video.toAbsolutePath();
    }

    /** Chooses by the name and the first bytes, at most a megabyte, as FFmpeg does on opening. */
    static Demuxer of(Path video) {
        String url = url(video);
        AVInputFormat named = byName(url);
        if (named != null) {
            return of(named);
        }
        AVIOContext in = new AVIOContext(null);
        AVDictionary options = new AVDictionary();
        av_dict_set(options, "protocol_whitelist", "file", 0);
        int error = avio_open2(in, url, AVIO_FLAG_READ, (AVIOInterruptCB) null, options);
        av_dict_free(options);
        if (error < 0) {
            return NONE;
        }
        try (PointerPointer<AVInputFormat> found = new PointerPointer<>(1);
                BytePointer file = new BytePointer(url)) {
            found.put(0, (Pointer) null);
            av_probe_input_buffer2(in, found, file, null, 0, 0);
            return of(found.get(AVInputFormat.class, 0));
        } finally {
            avio_closep(in);
        }
    }

    boolean isMp4() {
        return name.startsWith("mov,");
    }

    boolean isMatroska() {
        return name.startsWith("matroska,");
    }

    boolean isOgg() {
        return name.equals("ogg");
    }

    /** Whether files of this format hold sound and at most a cover. */
    boolean isSound() {
        return switch (name) {
            case "wav", "mp3", "aac", "flac" -> true;
            default -> false;
        };
    }

    private static @Nullable AVInputFormat byName(String url) {
        try (AVProbeData data = new AVProbeData();
                BytePointer file = new BytePointer(url)) {
            data.filename(file);
            data.buf((BytePointer) null);
            data.buf_size(0);
            data.mime_type((BytePointer) null);
            AVInputFormat found = av_probe_input_format2(data, 0, new int[] {AVPROBE_SCORE_RETRY()});
            return found == null || found.isNull() ? null : found;
        }
    }

    private static Demuxer of(@Nullable AVInputFormat format) {
        return format == null || format.isNull()
                ? NONE
                : new Demuxer(format, format.name().getString());
    }
}
