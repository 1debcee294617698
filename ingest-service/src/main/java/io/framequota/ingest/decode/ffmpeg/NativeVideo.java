package io.framequota.ingest.decode.ffmpeg;

import static org.bytedeco.ffmpeg.avformat.AVIndexEntry.AVINDEX_DISCARD_FRAME;
import static org.bytedeco.ffmpeg.global.avcodec.AVDISCARD_ALL;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_COPY_OPAQUE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MJPEG;
import static org.bytedeco.ffmpeg.global.avcodec.AV_EF_EXPLODE;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_index_get_entries_count;
import static org.bytedeco.ffmpeg.global.avformat.avformat_index_get_entry;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_ENOMEM;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.AV_TIME_BASE;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_max_alloc;

import io.framequota.ingest.decode.Orientation;
import io.framequota.ingest.decode.SourceException;
import io.framequota.ingest.decode.SourceLimits;
import io.framequota.ingest.decode.VideoInfo;
import java.nio.file.Path;
import java.time.Duration;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avformat.AVStreamGroupTileGrid;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;

/** Owns what FFmpeg allocates for one open video: container, decoders, packet and frame. Closing twice does no harm. */
final class NativeVideo implements AutoCloseable {
    /** No single block of FFmpeg's may be larger: beyond the largest picture that is taken. */
    private static final long LARGEST_BLOCK = 768L << 20;

    private static final Duration LONGEST_OPENING = Duration.ofSeconds(60);

    /**
     * Containers that hold their data themselves. Playlists (HLS, DASH, concat) are not among them: they would read other
     * files of this machine for whoever uploads them; nor is tty, which takes any text for a video.
     */
    private static final String CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,m4v,"
            + "h263,h264,hevc,obu,av1,ivf,flv,live_flv,gif,apng,ogg,asf,nut,mxf,dv,mjpeg,mpjpeg,yuv4mpegpipe,"
            + "vc1,image2,png_pipe,jpeg_pipe,bmp_pipe,webp_pipe,tiff_pipe,pgm_pipe,ppm_pipe,j2k_pipe,"
            + "wav,mp3,aac,flac";

    static {
        // What is wrong with a source is said in its job's warnings, not on this process's standard error.
        av_log_set_level(AV_LOG_QUIET);
        av_max_alloc(LARGEST_BLOCK);
    }

    final AVFormatContext format;
    final StreamChoice choice;
    final AVStream stream;
    final AVPacket packet = av_packet_alloc();
    final AVFrame frame = av_frame_alloc();
    private final String name;
    private final SourceLimits limits;
    private @Nullable AVCodecContext codec;
    private @Nullable AVCodecContext lenient;
    private boolean closed;

    private NativeVideo(AVFormatContext format, StreamChoice choice, String name, SourceLimits limits) {
        this.format = format;
        this.choice = choice;
        this.stream = format.streams(choice.stream());
        this.name = name;
        this.limits = limits;
    }

    /** Opens the container and chooses the stream; nothing is decoded yet. */
    static NativeVideo open(Path video, int stream, SourceLimits limits) throws SourceException {
        return open(video, stream, limits, LONGEST_OPENING);
    }

    static NativeVideo open(Path video, int stream, SourceLimits limits, Duration longest) throws SourceException {
        try (OpenTimeout time = OpenTimeout.begin(longest)) {
            return open(video, stream, limits, time);
        }
    }

    private static NativeVideo open(Path video, int stream, SourceLimits limits, OpenTimeout time)
            throws SourceException {
        String name = String.valueOf(video.getFileName());
        AVFormatContext format = openContainer(video, name, limits, time);
        boolean opened = false;
        try {
            time.check(name);
            limits.checkTracks(name, format.nb_streams());
            avformat_find_stream_info(format, (PointerPointer<?>) null);
            time.check(name);
            limits.checkTracks(name, format.nb_streams());
            NativeVideo open = new NativeVideo(format, StreamChoice.of(format, stream, name), name, limits);
            open.discardOthers();
            opened = true;
            return open;
        } finally {
            if (!opened) {
                avformat_close_input(format);
            }
        }
    }

    private static AVFormatContext openContainer(Path video, String name, SourceLimits limits, OpenTimeout time)
            throws SourceException {
        AVFormatContext format = avformat_alloc_context();
        time.bound(format);
        // One more than allowed, to be refused by name.
        format.max_streams(limits.tracks() + 1);
        AVDictionary options = new AVDictionary();
        av_dict_set(options, "protocol_whitelist", "file", 0);
        av_dict_set(options, "format_whitelist", CONTAINERS, 0);
        av_dict_set(options, "codec_whitelist", Codecs.ALLOWED, 0);
        int error = avformat_open_input(
                format, Demuxer.url(video), Demuxer.of(video).format(), options);
        av_dict_free(options);
        if (error < 0) {
            // What was stopped may look damaged.
            time.check(name);
        }
        if (error == AVERROR_ENOMEM()) {
            throw new SourceException(name + " asks for more memory than one source may take, or has more than "
                    + limits.tracks() + " tracks, the limit FRAMEQUOTA_SOURCE_MAX_TRACKS; use another file");
        }
        if (error < 0 && FfmpegErrors.isOfContent(error)) {
            throw SourceException.forGood(name + " is not a video that can be read (" + FfmpegErrors.text(error)
                    + "); use a complete MP4, MKV, AVI, MPEG-TS or GIF file, for instance");
        }
        if (error < 0) {
            throw new SourceException(name + " cannot be read now (" + FfmpegErrors.text(error)
                    + "); redrive the job, or submit it again");
        }
        return format;
    }

    /**
     * Packets of no use are not read at all, but where only their times can tell whether a source without a count of its
     * frames is complete.
     */
    private void discardOthers() {
        boolean counted = stream.nb_frames() > 0;
        for (int i = 0; i < format.nb_streams(); i++) {
            AVStream other = format.streams(i);
            if (counted && choice.grid() == null && i != stream.index()) {
                other.discard(AVDISCARD_ALL);
            }
        }
    }

    /**
     * Native bytes that decoding will take beside the container's index, about.
     *
     * @param fileBytes size of the source
     * @throws SourceException when its pictures are beyond the limit
     */
    long pictureBytes(long fileBytes) throws SourceException {
        AVCodecParameters parameters = stream.codecpar();
        long width = parameters.width();
        long height = parameters.height();
        AVStreamGroupTileGrid grid = grid();
        if (grid != null) {
            width = grid.coded_width();
            height = grid.coded_height();
        }
        long pixels = checkedPixels(width, height);
        int kept = Codecs.picturesKept(parameters.codec_id(), parameters.level(), pixels);
        // A file that is one picture is one packet.
        long packetBytes = Codecs.ofPictures(parameters.codec_id()) && stream.nb_frames() == 0 ? fileBytes : 0;
        return PictureMemory.of(pixels, parameters.format(), kept) + Math.min(packetBytes, LARGEST_BLOCK);
    }

    private long checkedPixels(long width, long height) throws SourceException {
        long pixels = width * height;
        if (pixels > limits.pixels()) {
            throw new SourceException(
                    name + " has pictures of " + width + " x " + height + ", more than " + limits.pixels()
                            + " pixels, the limit FRAMEQUOTA_SOURCE_MAX_PIXELS; use smaller ones or raise it");
        }
        return pixels;
    }

    @Nullable
    AVStreamGroupTileGrid grid() {
        return choice.grid() == null ? null : choice.grid().params_tile_grid();
    }

    /** Opens the decoder; for JPEG one that refuses what is damaged, since the other does not say what it has made up. */
    void openCodec() throws SourceException {
        codec = decoder(stream, strict() ? AV_EF_EXPLODE : 0);
    }

    /** Whether a packet that the decoder refuses can be given to one that shows what it can. */
    boolean strict() {
        return stream.codecpar().codec_id() == AV_CODEC_ID_MJPEG;
    }

    AVCodecContext codec() {
        AVCodecContext open = codec;
        if (open == null) {
            throw new IllegalStateException("no decoder is open");
        }
        return open;
    }

    /** A decoder that shows what it can of damaged pictures. */
    AVCodecContext lenient() throws SourceException {
        AVCodecContext open = lenient;
        if (open == null) {
            open = decoder(stream, 0);
            lenient = open;
        }
        return open;
    }

    /** A decoder for a stream, which the caller frees. */
    AVCodecContext decoder(AVStream of, int detection) throws SourceException {
        AVCodec decoder = avcodec_find_decoder(of.codecpar().codec_id());
        String coded = Codecs.name(of.codecpar().codec_id());
        if (decoder == null
                || decoder.isNull()
                || !Codecs.allowed(decoder.name().getString())) {
            throw SourceException.forGood(
                    name + " is coded as " + coded + ", which is not decoded here; convert it to H.264, for instance");
        }
        AVCodecContext context = avcodec_alloc_context3(decoder);
        avcodec_parameters_to_context(context, of.codecpar());
        context.pkt_timebase(of.time_base());
        context.thread_count(1);
        context.err_recognition(context.err_recognition() | detection);
        context.flags(context.flags() | AV_CODEC_FLAG_COPY_OPAQUE);
        AVDictionary options = new AVDictionary();
        av_dict_set(options, "max_pixels", Long.toString(limits.pixels()), 0);
        int error = avcodec_open2(context, decoder, options);
        av_dict_free(options);
        if (error < 0) {
            avcodec_free_context(context);
            throw new SourceException(name + " cannot be decoded as " + coded + ": " + FfmpegErrors.text(error));
        }
        return context;
    }

    SourceLimits limits() {
        return limits;
    }

    String name() {
        return name;
    }

    String codecName() {
        return Codecs.name(stream.codecpar().codec_id());
    }

    /** Name of the container's kind, such as {@code mov,mp4,m4a,3gp,3g2,mj2}. */
    String container() {
        return format.iformat().name().getString();
    }

    /** What the container says, the pictures standing by a turn. */
    VideoInfo probe(Orientation turn) {
        AVStreamGroupTileGrid grid = grid();
        int width = grid == null ? stream.codecpar().width() : grid.width();
        int height = grid == null ? stream.codecpar().height() : grid.height();
        return turn.swapsSides() ? probe(height, width) : probe(width, height);
    }

    /** What the container says of pictures of a size as displayed. */
    VideoInfo probe(int width, int height) {
        AVRational rate = stream.avg_frame_rate();
        double fps = rate.den() == 0 ? 0 : (double) rate.num() / rate.den();
        double durationMs = durationMs();
        long frames = grid() != null ? 1 : promisedPackets() - packetsNotShown(fps);
        return new VideoInfo(
                width,
                height,
                frames > 0 ? frames : Math.round(fps * durationMs / 1000),
                durationMs,
                fps,
                codecName(),
                frames <= 0);
    }

    /** Of the video's own track where the container says, else of the whole source; 0 when unknown. */
    private double durationMs() {
        if (isTime(stream.duration())) {
            return Math.max(
                    0,
                    stream.duration()
                            * 1000.0
                            * stream.time_base().num()
                            / stream.time_base().den());
        }
        return isTime(format.duration()) ? Math.max(0, format.duration() * 1000.0 / AV_TIME_BASE) : 0;
    }

    /** Packets that the container's index promises, what it plays of them considered; 0 when it promises none. */
    long promisedPackets() {
        long stated = stream.nb_frames();
        if (stated > 0 && container().startsWith("mov")) {
            // The index holds what is played of the track, and what has to be decoded for it.
            int indexed = avformat_index_get_entries_count(stream);
            return indexed > 0 ? indexed : stated;
        }
        return stated;
    }

    /** Packets that are promised only because others refer to them: an edit list leaves their pictures out. */
    long packetsNotShown(double fps) {
        int indexed = avformat_index_get_entries_count(stream);
        double played = isTime(stream.duration())
                ? stream.duration()
                        * fps
                        * stream.time_base().num()
                        / stream.time_base().den()
                : indexed;
        if (!container().startsWith("mov") || Math.abs(indexed - played) < 2) {
            return 0;
        }
        long left = 0;
        for (int i = 0; i < indexed; i++) {
            left += (avformat_index_get_entry(stream, i).flags() & AVINDEX_DISCARD_FRAME) == 0 ? 0 : 1;
        }
        return left;
    }

    /** The turn that the container asks for. */
    Orientation turn() {
        AVStreamGroupTileGrid grid = grid();
        return grid != null
                ? FrameOrientation.among(grid.coded_side_data(), grid.nb_coded_side_data())
                : FrameOrientation.among(
                        stream.codecpar().coded_side_data(), stream.codecpar().nb_coded_side_data());
    }

    /** The value FFmpeg has for "no time". */
    static boolean isTime(long timestamp) {
        return timestamp != avutil.AV_NOPTS_VALUE;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        av_frame_free(frame);
        av_packet_free(packet);
        if (codec != null) {
            avcodec_free_context(codec);
        }
        if (lenient != null) {
            avcodec_free_context(lenient);
        }
        avformat_close_input(format);
    }
}
