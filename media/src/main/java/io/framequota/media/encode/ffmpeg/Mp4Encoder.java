package io.framequota.media.encode.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_from_context;
import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_WRITE;
import static org.bytedeco.ffmpeg.global.avformat.av_interleaved_write_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_write_trailer;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_output_context2;
import static org.bytedeco.ffmpeg.global.avformat.avformat_free_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_new_stream;
import static org.bytedeco.ffmpeg.global.avformat.avformat_write_header;
import static org.bytedeco.ffmpeg.global.avformat.avio_closep;
import static org.bytedeco.ffmpeg.global.avformat.avio_open;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_make_q;

import io.framequota.media.decode.ColorInfo;
import io.framequota.media.decode.ffmpeg.FfmpegSound;
import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.jspecify.annotations.Nullable;

/**
 * Writes pictures as H.264 in one MP4 file, in a quality that does not depend on what they show. For one thread at a time; owns everything that FFmpeg allocates for the file until it is
 * closed. FFmpeg is loaded with the first encoder.
 */
public final class Mp4Encoder implements AutoCloseable {
    /** The longer side of the largest picture: of level 5.2, the highest that OpenH264 supports. */
    public static final int MAX_LONG_SIDE = 4096;

    /** The shorter side of the largest picture. */
    public static final int MAX_SHORT_SIDE = 2304;

    private static final int TICKS_PER_SECOND = 90_000;
    private static final double DEFAULT_FPS = 25;

    /** Errors of pictures add up until the next key picture. */
    private static final int MOST_BETWEEN_KEYS = 30;

    private static final int LEAST_BETWEEN_KEYS = 10;

    private final Path file;
    private final AVRational ticks = av_make_q(1, TICKS_PER_SECOND);
    private final AVFormatContext format = new AVFormatContext(null);
    private final H264Encoder encoder;
    private final AVPacket packet;
    private final AVStream stream;
    private @Nullable StreamCopy sound;
    private final long ticksPerFrame;
    private double firstMs = Double.NaN;
    private long lastTick = -1;
    private boolean closed;

    /**
     * Opens a file for writing. Pictures with odd sides, or sides below 16 pixels, are extended at the right and below by repeating the
     * edge. Pictures larger than H.264 encoders allow (4096 x 2304) are scaled down.
     *
     * @param width of the pictures to come
     * @param height of the pictures to come
     * @param fps expected pictures per second, for the distance of key pictures; 25 is assumed when it is 0
     * @param color primaries and transfer characteristics that the file states
     * @throws IOException when the file cannot be written
     */
    public static Mp4Encoder open(Path mp4, int width, int height, double fps, ColorInfo color) throws IOException {
        return open(mp4, width, height, fps, color, null);
    }

    /**
     * The same with a sound, which is copied as far as possible.
     *
     * @param sound on the clock of the pictures' times; closed by the caller after this encoder; null for none
     * @throws IOException when the file cannot be written
     */
    public static Mp4Encoder open(
            Path mp4, int width, int height, double fps, ColorInfo color, @Nullable FfmpegSound sound)
            throws IOException {
        return new Mp4Encoder(
                mp4,
                CodedSize.of(width, height),
                fps > 0 ? fps : DEFAULT_FPS,
                color,
                true,
                out -> sound == null ? null : StreamCopy.sound(sound, out));
    }

    /**
     * The same with all sound of another file, whose times are those of the pictures to come. The index is at the end of the file.
     *
     * @throws IOException when the file cannot be written, or MP4 cannot hold the sound
     */
    public static Mp4Encoder openWithSound(Path mp4, int width, int height, double fps, ColorInfo color, Path sound)
            throws IOException {
        return new Mp4Encoder(
                mp4,
                CodedSize.of(width, height),
                fps > 0 ? fps : DEFAULT_FPS,
                color,
                false,
                out -> StreamCopy.all(sound, out, false));
    }

    private interface Sound {
        @Nullable
        StreamCopy into(AVFormatContext out) throws IOException;
    }

    private Mp4Encoder(Path file, CodedSize size, double fps, ColorInfo color, boolean indexInFront, Sound copied)
            throws IOException {
        this.file = file;
        ticksPerFrame = Math.max(1, Math.round(TICKS_PER_SECOND / fps));
        // A second: players find any place fast, and workers can share what is drawn here.
        int betweenKeys = (int) Math.clamp(Math.round(fps), LEAST_BETWEEN_KEYS, MOST_BETWEEN_KEYS);
        encoder = new H264Encoder(size, ticks, fps, betweenKeys, color);
        packet = av_packet_alloc();
        try {
            check(avformat_alloc_output_context2(format, null, "mp4", file.toString()));
            stream = avformat_new_stream(format, null);
            check(avcodec_parameters_from_context(stream.codecpar(), encoder.codec()));
            stream.time_base(ticks);
            sound = copied.into(format);
            AVIOContext out = new AVIOContext(null);
            check(avio_open(out, "file:" + file.toAbsolutePath(), AVIO_FLAG_WRITE));
            format.pb(out);
            writeHeader(indexInFront);
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private void writeHeader(boolean indexInFront) throws IOException {
        AVDictionary options = new AVDictionary();
        if (indexInFront) {
            // Then a browser can play before it has the whole file.
            av_dict_set(options, "movflags", "+faststart", 0);
        }
        int error = avformat_write_header(format, options);
        av_dict_free(options);
        check(error);
    }

    /**
     * Adds a picture.
     *
     * @param bgr rows of 3-byte pixels without padding, of the size the encoder was opened with
     * @param ms time of the picture. The first time becomes the beginning of the file; a time that is not after the one before is
     *     moved just behind it
     * @throws IOException when the file cannot be written
     */
    public void add(byte[] bgr, double ms) throws IOException {
        if (Double.isNaN(firstMs)) {
            firstMs = ms;
        }
        lastTick = Math.max(lastTick + 1, Math.round((ms - firstMs) * TICKS_PER_SECOND / 1000));
        encoder.send(bgr, lastTick, false);
        writePackets();
        copySound(ms);
    }

    /**
     * Writes the rest of the file, which is complete afterwards.
     *
     * @throws IOException when the file cannot be written
     */
    public void finish() throws IOException {
        encoder.drain();
        writePackets();
        copySound(Double.MAX_VALUE);
        check(av_write_trailer(format));
        AVIOContext out = format.pb();
        format.pb(null);
        check(avio_closep(out));
    }

    private void copySound(double untilMs) throws IOException {
        if (sound != null && !Double.isNaN(firstMs)) {
            sound.copyUntil(untilMs, firstMs, this::check);
        }
    }

    private void writePackets() throws IOException {
        while (encoder.receive(packet)) {
            // Without a duration the last picture would be shown for no time, and players would drop it.
            packet.duration(Math.max(packet.duration(), ticksPerFrame));
            av_packet_rescale_ts(packet, ticks, stream.time_base());
            packet.stream_index(0);
            check(av_interleaved_write_frame(format, packet));
        }
    }

    private void check(int code) throws IOException {
        if (code < 0) {
            throw new IOException("cannot write the video " + file + ": " + H264Encoder.text(code));
        }
    }

    /** Frees the memory and closes the file, which is no video unless {@link #finish} was called. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        av_packet_free(packet);
        encoder.close();
        if (sound != null) {
            sound.close();
        }
        if (!format.isNull()) {
            AVIOContext out = format.pb();
            if (out != null && !out.isNull()) {
                avio_closep(out);
            }
            avformat_free_context(format);
        }
    }
}
