package io.framequota.media.live.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_KEY;
import static org.bytedeco.ffmpeg.global.avcodec.av_new_packet;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_copy;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_free;
import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_WRITE;
import static org.bytedeco.ffmpeg.global.avformat.av_write_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_write_trailer;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_output_context2;
import static org.bytedeco.ffmpeg.global.avformat.avformat_free_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_new_stream;
import static org.bytedeco.ffmpeg.global.avformat.avformat_write_header;
import static org.bytedeco.ffmpeg.global.avformat.avio_closep;
import static org.bytedeco.ffmpeg.global.avformat.avio_open2;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_make_q;

import io.framequota.contract.control.AccessUnit;
import io.framequota.contract.control.CodecParameters;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.ffmpeg.FfmpegErrors;
import io.framequota.media.decode.ffmpeg.StreamParameters;
import io.framequota.media.live.LiveWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVRational;

/** Muxes with FFmpeg. What waits ends after {@link #PATIENCE}. */
final class FfmpegLiveWriter implements LiveWriter {
    /** A server that takes nothing for so long is gone. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final String NAME = "the annotated stream";

    private final LiveDeadline deadline = new LiveDeadline();
    private final AVFormatContext format = new AVFormatContext(null);
    private final AVPacket packet = av_packet_alloc();
    private final AVRational ticks;
    private boolean headerWritten;
    private boolean failed;
    private boolean closed;
    private long firstDts = Long.MIN_VALUE;
    private long lastDts;
    private long lastTicks = 1;

    private FfmpegLiveWriter(CodecParameters codec) {
        ticks = av_make_q(codec.getTimeBaseNum(), codec.getTimeBaseDen());
    }

    /** Publishes FLV at an address. */
    static FfmpegLiveWriter connect(String url, CodecParameters codec, Map<String, String> options) throws IOException {
        return open("flv", url, codec, options, true);
    }

    /** Writes a playlist and its segments, whose files the container opens itself. */
    static FfmpegLiveWriter files(Path playlist, CodecParameters codec, Map<String, String> options)
            throws IOException {
        return open("hls", playlist.toString(), codec, options, false);
    }

    private static FfmpegLiveWriter open(
            String container, String url, CodecParameters codec, Map<String, String> options, boolean connect)
            throws IOException {
        FfmpegLiveWriter writer = new FfmpegLiveWriter(codec);
        boolean opened = false;
        try {
            writer.check(avformat_alloc_output_context2(writer.format, null, container, url));
            writer.deadline.applyTo(writer.format);
            writer.addStream(codec);
            writer.begin(url, options, connect);
            opened = true;
            return writer;
        } finally {
            if (!opened) {
                writer.close();
            }
        }
    }

    private void addStream(CodecParameters codec) throws IOException {
        AVStream stream = avformat_new_stream(format, null);
        AVCodecParameters parameters;
        try {
            parameters = StreamParameters.of(codec, NAME);
        } catch (SourceException e) {
            throw new IOException(e.getMessage(), e);
        }
        check(avcodec_parameters_copy(stream.codecpar(), parameters));
        avcodec_parameters_free(parameters);
        // A number of another container may not be known in this one.
        stream.codecpar().codec_tag(0);
        stream.time_base(ticks);
    }

    private void begin(String url, Map<String, String> options, boolean connect) throws IOException {
        AVDictionary settings = new AVDictionary();
        options.forEach((key, value) -> av_dict_set(settings, key, value, 0));
        deadline.enter(System.nanoTime() + PATIENCE.toNanos());
        try {
            if (connect) {
                AVIOContext out = new AVIOContext(null);
                check(avio_open2(out, url, AVIO_FLAG_WRITE, format.interrupt_callback(), settings));
                format.pb(out);
                format.flush_packets(1);
                av_dict_set(settings, "flvflags", "no_duration_filesize", 0);
            }
            check(avformat_write_header(format, settings));
            headerWritten = true;
        } finally {
            deadline.leave();
            av_dict_free(settings);
        }
    }

    @Override
    public void write(AccessUnit unit) throws IOException {
        if (firstDts == Long.MIN_VALUE) {
            firstDts = unit.getDts();
        }
        if (av_new_packet(packet, unit.getData().size()) < 0) {
            throw new OutOfMemoryError("no " + unit.getData().size() + " bytes for a packet");
        }
        StreamParameters.put(unit.getData(), packet.data());
        packet.pts(unit.getPts() - firstDts);
        packet.dts(unit.getDts() - firstDts);
        // As long as the one before, for want of the next one. Without it segments have wrong lengths.
        lastTicks = packet.dts() > lastDts ? packet.dts() - lastDts : lastTicks;
        lastDts = packet.dts();
        packet.duration(lastTicks);
        packet.flags(unit.getKey() ? AV_PKT_FLAG_KEY : 0);
        packet.stream_index(0);
        av_packet_rescale_ts(packet, ticks, format.streams(0).time_base());
        deadline.enter(System.nanoTime() + PATIENCE.toNanos());
        try {
            check(av_write_frame(format, packet));
        } finally {
            deadline.leave();
            av_packet_unref(packet);
        }
    }

    private void check(int code) throws IOException {
        if (code < 0) {
            failed = true;
            throw new IOException(
                    deadline.isClosed()
                            ? "it was closed"
                            : deadline.isTimeOver()
                                    ? "nothing answers within " + PATIENCE.toSeconds() + " s"
                                    : FfmpegErrors.isEnd(code) ? "the connection was closed" : FfmpegErrors.text(code));
        }
    }

    @Override
    public void interrupt() {
        deadline.close();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        av_packet_free(packet);
        if (format.isNull()) {
            return;
        }
        deadline.enter(System.nanoTime() + PATIENCE.toNanos());
        try {
            if (headerWritten && !failed) {
                // Says goodbye; nothing is lost when that fails.
                av_write_trailer(format);
            }
            AVIOContext out = format.pb();
            if (out != null && !out.isNull() && isConnection()) {
                avio_closep(out);
            }
        } finally {
            deadline.leave();
        }
        avformat_free_context(format);
    }

    /** Whether the connection is ours to close; a playlist's files belong to the container. */
    private boolean isConnection() {
        return format.oformat().name().getString().equals("flv");
    }
}
