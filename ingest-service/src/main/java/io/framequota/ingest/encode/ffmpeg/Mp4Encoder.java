package io.framequota.ingest.encode.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_GLOBAL_HEADER;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_from_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_WRITE;
import static org.bytedeco.ffmpeg.global.avformat.av_interleaved_write_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_write_trailer;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_output_context2;
import static org.bytedeco.ffmpeg.global.avformat.avformat_free_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_new_stream;
import static org.bytedeco.ffmpeg.global.avformat.avformat_write_header;
import static org.bytedeco.ffmpeg.global.avformat.avio_closep;
import static org.bytedeco.ffmpeg.global.avformat.avio_open;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_make_writable;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_make_q;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

import io.framequota.ingest.decode.ColorInfo;
import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;

/**
 * Writes pictures as H.264 in one MP4 file. For one thread at a time; owns everything that FFmpeg allocates for the file until it is
 * closed. FFmpeg is loaded with the first encoder.
 */
public final class Mp4Encoder implements AutoCloseable {
    private static final int TICKS_PER_SECOND = 90_000;
    private static final double DEFAULT_FPS = 25;
    private static final double BITS_PER_PIXEL = 0.2;
    private static final long MIN_BIT_RATE = 400_000;
    private static final long MAX_BIT_RATE = 40_000_000;

    static {
        av_log_set_level(AV_LOG_QUIET);
    }

    private final Path file;
    private final AVRational ticks = av_make_q(1, TICKS_PER_SECOND);
    private final AVFormatContext format = new AVFormatContext(null);
    private final AVCodecContext codec;
    private final AVPacket packet = av_packet_alloc();
    private final AVFrame frame = av_frame_alloc();
    private final YuvConverter input;
    private final AVStream stream;
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
     * @param fps expected pictures per second, for the bit rate; 25 is assumed when it is 0
     * @param color primaries and transfer characteristics that the file states
     * @throws IOException when the file cannot be written
     */
    public static Mp4Encoder open(Path mp4, int width, int height, double fps, ColorInfo color) throws IOException {
        return new Mp4Encoder(mp4, CodedSize.of(width, height), fps > 0 ? fps : DEFAULT_FPS, color);
    }

    private Mp4Encoder(Path file, CodedSize size, double fps, ColorInfo color) throws IOException {
        this.file = file;
        input = new YuvConverter(size);
        ticksPerFrame = Math.max(1, Math.round(TICKS_PER_SECOND / fps));
        AVCodec openH264 = avcodec_find_encoder_by_name("libopenh264");
        codec = avcodec_alloc_context3(openH264);
        try {
            check(avformat_alloc_output_context2(format, null, "mp4", file.toString()));
            stream = avformat_new_stream(format, null);
            configure(size, fps);
            stateColours(color);
            check(avcodec_open2(codec, openH264, (AVDictionary) null));
            check(avcodec_parameters_from_context(stream.codecpar(), codec));
            stream.time_base(ticks);
            frame.format(AV_PIX_FMT_YUV420P);
            frame.width(size.codedWidth());
            frame.height(size.codedHeight());
            check(av_frame_get_buffer(frame, 0));
            AVIOContext out = new AVIOContext(null);
            check(avio_open(out, "file:" + file.toAbsolutePath(), AVIO_FLAG_WRITE));
            format.pb(out);
            writeHeader();
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private void configure(CodedSize size, double fps) {
        codec.width(size.codedWidth());
        codec.height(size.codedHeight());
        codec.pix_fmt(AV_PIX_FMT_YUV420P);
        codec.time_base(ticks);
        codec.framerate(av_make_q((int) Math.round(fps * 1000), 1000));
        codec.gop_size((int) Math.max(1, Math.round(2 * fps)));
        codec.thread_count(1);
        long bits = Math.round(BITS_PER_PIXEL * size.codedWidth() * size.codedHeight() * fps);
        codec.bit_rate(Math.clamp(bits, MIN_BIT_RATE, MAX_BIT_RATE));
        codec.flags(codec.flags() | AV_CODEC_FLAG_GLOBAL_HEADER);
    }

    /** States the colour space, because each player guesses a missing one in its own way from the size of the picture. */
    private void stateColours(ColorInfo color) {
        codec.colorspace(YuvConverter.MATRIX);
        codec.color_range(YuvConverter.RANGE);
        codec.color_primaries(color.primaries());
        codec.color_trc(color.transfer());
    }

    private void writeHeader() throws IOException {
        AVDictionary options = new AVDictionary();
        // With the index in front a browser can play before it has the whole file.
        av_dict_set(options, "movflags", "+faststart", 0);
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
        check(av_frame_make_writable(frame));
        input.fill(bgr, frame);
        lastTick = Math.max(lastTick + 1, Math.round((ms - firstMs) * TICKS_PER_SECOND / 1000));
        frame.pts(lastTick);
        check(avcodec_send_frame(codec, frame));
        writePackets();
    }

    /**
     * Writes the rest of the file, which is complete afterwards.
     *
     * @throws IOException when the file cannot be written
     */
    public void finish() throws IOException {
        check(avcodec_send_frame(codec, null));
        writePackets();
        check(av_write_trailer(format));
        AVIOContext out = format.pb();
        format.pb(null);
        check(avio_closep(out));
    }

    private void writePackets() throws IOException {
        while (true) {
            int got = avcodec_receive_packet(codec, packet);
            if (got == avutil.AVERROR_EAGAIN() || got == avutil.AVERROR_EOF) {
                return;
            }
            check(got);
            // Without a duration the last picture would be shown for no time, and players would drop it.
            packet.duration(Math.max(packet.duration(), ticksPerFrame));
            av_packet_rescale_ts(packet, codec.time_base(), stream.time_base());
            packet.stream_index(0);
            check(av_interleaved_write_frame(format, packet));
        }
    }

    private void check(int code) throws IOException {
        if (code < 0) {
            try (BytePointer text = new BytePointer(256)) {
                av_strerror(code, text, 256);
                throw new IOException("cannot write the video " + file + ": "
                        + text.getString().split("\0", 2)[0]);
            }
        }
    }

    /** Frees the memory and closes the file, which is no video unless {@link #finish} was called. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        av_frame_free(frame);
        av_packet_free(packet);
        avcodec_free_context(codec);
        if (!format.isNull()) {
            AVIOContext out = format.pb();
            if (out != null && !out.isNull()) {
                avio_closep(out);
            }
            avformat_free_context(format);
        }
        input.close();
    }
}
