package io.framequota.media.encode.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_copy;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avformat.av_interleaved_write_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_new_stream;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_query_codec;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EINVAL;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_INVALIDDATA;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;

import io.framequota.media.decode.ffmpeg.FfmpegSound;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.javacpp.PointerPointer;

/** Copies streams of a file, packet by packet, into an output that is being written. For one thread; owns native memory until it is closed. */
final class StreamCopy implements AutoCloseable {
    private static final int NONE = -1;
    private static final int STRICT_ONLY_WHAT_FITS = 0;

    private final AVFormatContext in;
    private final AVFormatContext out;
    /** Whether packets are left out that have no place in the output; otherwise they are an error. */
    private final boolean tolerant;

    private final AVPacket packet = av_packet_alloc();
    /** The output's stream for each of the file's, or {@link #NONE}. */
    private final int[] targets;
    /** A packet of a later time than was asked for so far. */
    private boolean held;

    private boolean ended;
    private long last = Long.MIN_VALUE;

    private StreamCopy(AVFormatContext in, AVFormatContext out, boolean tolerant) {
        this.in = in;
        this.out = out;
        this.tolerant = tolerant;
        targets = new int[in.nb_streams()];
        Arrays.fill(targets, NONE);
    }

    /**
     * Adds a sound to an output, in front of its header. What is before the output's begin is left out, and so is everything behind
     * damage: it does not cost the pictures.
     *
     * @param sound closed by the caller, after this
     */
    static StreamCopy sound(FfmpegSound sound, AVFormatContext out) {
        StreamCopy copy = new StreamCopy(sound.source(), out, true);
        copy.add(sound.stream());
        return copy;
    }

    /**
     * Adds all sound of a file to an output, in front of its header.
     *
     * @param withVideo whether to copy the video stream too that a player would show
     * @throws IOException when the file cannot be read, or MP4 cannot hold a stream
     */
    static StreamCopy all(Path file, AVFormatContext out, boolean withVideo) throws IOException {
        AVFormatContext in = opened(file);
        StreamCopy copy = new StreamCopy(in, out, false);
        int video = withVideo ? av_find_best_stream(in, AVMEDIA_TYPE_VIDEO, -1, -1, (PointerPointer<?>) null, 0) : NONE;
        try {
            for (int i = 0; i < in.nb_streams(); i++) {
                if (in.streams(i).codecpar().codec_type() == AVMEDIA_TYPE_AUDIO || i == video) {
                    copy.checkFits(file, in.streams(i));
                    copy.add(in.streams(i));
                }
            }
        } catch (IOException e) {
            copy.close();
            throw e;
        }
        return copy;
    }

    private static AVFormatContext opened(Path file) throws IOException {
        AVFormatContext in = new AVFormatContext(null);
        AVDictionary options = new AVDictionary();
        av_dict_set(options, "protocol_whitelist", "file", 0);
        int error = avformat_open_input(in, "file:" + file.toAbsolutePath(), null, options);
        av_dict_free(options);
        if (error < 0) {
            throw new IOException(file.getFileName() + " cannot be read");
        }
        avformat_find_stream_info(in, (PointerPointer<?>) null);
        return in;
    }

    private void checkFits(Path file, AVStream from) throws IOException {
        int codec = from.codecpar().codec_id();
        if (avformat_query_codec(out.oformat(), codec, STRICT_ONLY_WHAT_FITS) == 0) {
            throw new IOException("MP4 cannot hold a stream of " + file.getFileName() + " in the codec "
                    + avcodec_get_name(codec).getString() + "; convert it first, for example to aac or h264");
        }
    }

    private void add(AVStream from) {
        AVStream to = avformat_new_stream(out, null);
        avcodec_parameters_copy(to.codecpar(), from.codecpar());
        // The tag of one container means nothing in another.
        to.codecpar().codec_tag(0);
        to.time_base(from.time_base());
        targets[from.index()] = to.index();
    }

    /**
     * Copies the packets up to a time.
     *
     * @param ms time in the file
     * @param beginMs time in the file that is the output's begin
     */
    void copyUntil(double ms, double beginMs, Checked check) throws IOException {
        while (!ended) {
            if (!held && !read()) {
                ended = true;
                break;
            }
            AVStream from = in.streams(packet.stream_index());
            double tick = 1000.0 * from.time_base().num() / from.time_base().den();
            long time = packet.dts() == AV_NOPTS_VALUE ? packet.pts() : packet.dts();
            held = time != AV_NOPTS_VALUE && time * tick > ms;
            if (held) {
                break;
            }
            write(from, Math.round(beginMs / tick), check);
        }
    }

    private boolean read() {
        while (av_read_frame(in, packet) >= 0) {
            if (packet.stream_index() < targets.length && targets[packet.stream_index()] != NONE) {
                return true;
            }
            av_packet_unref(packet);
        }
        return false;
    }

    private void write(AVStream from, long begin, Checked check) throws IOException {
        if (tolerant && !hasPlace(begin)) {
            av_packet_unref(packet);
            return;
        }
        if (packet.pts() != AV_NOPTS_VALUE) {
            packet.pts(packet.pts() - begin);
        }
        if (packet.dts() != AV_NOPTS_VALUE) {
            packet.dts(packet.dts() - begin);
        }
        AVStream to = out.streams(targets[packet.stream_index()]);
        av_packet_rescale_ts(packet, from.time_base(), to.time_base());
        packet.stream_index(to.index());
        packet.pos(-1);
        int written = av_interleaved_write_frame(out, packet);
        if (tolerant && (written == AVERROR_INVALIDDATA || written == AVERROR_EINVAL())) {
            ended = true;
        } else {
            check.of(written);
        }
    }

    /** Whether a packet of a sound is not before the output's begin, and behind the packet before it. */
    private boolean hasPlace(long begin) {
        if (packet.pts() == AV_NOPTS_VALUE || packet.pts() < begin || packet.pts() <= last) {
            return false;
        }
        last = packet.pts();
        packet.dts(packet.pts());
        return true;
    }

    /** Throws for a code below 0. */
    @FunctionalInterface
    interface Checked {
        void of(int code) throws IOException;
    }

    @Override
    public void close() {
        av_packet_free(packet);
        if (!tolerant) {
            avformat_close_input(in);
        }
    }
}
