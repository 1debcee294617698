package io.framequota.media.encode.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_GLOBAL_HEADER;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.AV_PICTURE_TYPE_I;
import static org.bytedeco.ffmpeg.global.avutil.AV_PICTURE_TYPE_NONE;
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

import io.framequota.media.decode.ColorInfo;
import java.io.IOException;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;

/**
 * Encodes pictures as H.264 in a quality that does not depend on what they show. Each picture gives its packet at once. For one thread at a
 * time; owns native memory until it is closed. FFmpeg is loaded with the first encoder.
 */
final class H264Encoder implements AutoCloseable {
    /**
     * The quantizer of every picture (decision 0238). OpenH264 leaves parts of moving things behind where it has to keep to a bit
     * rate.
     */
    private static final int QUANTIZER = 22;

    // For the level that the stream states: with a fixed quantizer the encoder does not keep to a rate.
    private static final double BITS_PER_PIXEL = 0.2;
    private static final long MIN_BIT_RATE = 400_000;
    private static final long MAX_BIT_RATE = 40_000_000;

    static {
        av_log_set_level(AV_LOG_QUIET);
    }

    private final AVCodecContext codec;
    private final AVFrame frame = av_frame_alloc();
    private final YuvConverter input;
    private boolean closed;

    /**
     * @param timeBase of the pictures' times
     * @param betweenKeys pictures from one key picture to the next
     * @param color primaries and transfer characteristics that the stream states
     * @throws IOException when FFmpeg cannot open the encoder
     */
    H264Encoder(CodedSize size, AVRational timeBase, double fps, int betweenKeys, ColorInfo color) throws IOException {
        input = new YuvConverter(size);
        AVCodec openH264 = avcodec_find_encoder_by_name("libopenh264");
        codec = avcodec_alloc_context3(openH264);
        try {
            configure(size, timeBase, fps, betweenKeys);
            stateColours(color);
            openCodec(openH264);
            frame.format(AV_PIX_FMT_YUV420P);
            frame.width(size.codedWidth());
            frame.height(size.codedHeight());
            check(av_frame_get_buffer(frame, 0));
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private void configure(CodedSize size, AVRational timeBase, double fps, int betweenKeys) {
        codec.width(size.codedWidth());
        codec.height(size.codedHeight());
        codec.pix_fmt(AV_PIX_FMT_YUV420P);
        codec.time_base(timeBase);
        codec.framerate(av_make_q((int) Math.round(fps * 1000), 1000));
        codec.gop_size(betweenKeys);
        codec.thread_count(1);
        long bits = Math.round(BITS_PER_PIXEL * size.codedWidth() * size.codedHeight() * fps);
        codec.bit_rate(Math.clamp(bits, MIN_BIT_RATE, MAX_BIT_RATE));
        codec.qmin(QUANTIZER);
        codec.qmax(QUANTIZER);
        codec.flags(codec.flags() | AV_CODEC_FLAG_GLOBAL_HEADER);
    }

    /** States the colour space, because each player guesses a missing one in its own way from the size of the picture. */
    private void stateColours(ColorInfo color) {
        codec.colorspace(YuvConverter.MATRIX);
        codec.color_range(YuvConverter.RANGE);
        codec.color_primaries(color.primaries());
        codec.color_trc(color.transfer());
    }

    private void openCodec(AVCodec openH264) throws IOException {
        AVDictionary options = new AVDictionary();
        av_dict_set(options, "profile", "high", 0);
        av_dict_set(options, "coder", "cabac", 0);
        int error = avcodec_open2(codec, openH264, options);
        av_dict_free(options);
        check(error);
    }

    /** The open codec; it belongs to this encoder. */
    AVCodecContext codec() {
        return codec;
    }

    /**
     * Encodes a picture.
     *
     * @param bgr rows of 3-byte pixels without padding, of the size the encoder was opened with
     * @param pts above the last one
     * @param key whether it has to be a key picture; others may be key pictures, too
     */
    void send(byte[] bgr, long pts, boolean key) throws IOException {
        check(av_frame_make_writable(frame));
        input.fill(bgr, frame);
        frame.pts(pts);
        frame.pict_type(key ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE);
        check(avcodec_send_frame(codec, frame));
    }

    /** Says that no picture follows. */
    void drain() throws IOException {
        check(avcodec_send_frame(codec, null));
    }

    /** Takes the next packet; false when there is none. */
    boolean receive(AVPacket packet) throws IOException {
        int got = avcodec_receive_packet(codec, packet);
        if (got == avutil.AVERROR_EAGAIN() || got == avutil.AVERROR_EOF) {
            return false;
        }
        check(got);
        return true;
    }

    private static void check(int code) throws IOException {
        if (code < 0) {
            throw new IOException("pictures cannot be encoded: " + text(code));
        }
    }

    /** FFmpeg's words for an error. */
    static String text(int code) {
        try (BytePointer text = new BytePointer(256)) {
            av_strerror(code, text, 256);
            return text.getString().split("\0", 2)[0];
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        av_frame_free(frame);
        avcodec_free_context(codec);
        input.close();
    }
}
