package io.framequota.media.decode.ffmpeg;

import static org.bytedeco.ffmpeg.avformat.AVIndexEntry.AVINDEX_DISCARD_FRAME;
import static org.bytedeco.ffmpeg.global.avcodec.AVDISCARD_ALL;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_index_get_entries_count;
import static org.bytedeco.ffmpeg.global.avformat.avformat_index_get_entry;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_ENOMEM;
import static org.bytedeco.ffmpeg.global.avutil.AV_TIME_BASE;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;

import io.framequota.media.decode.Orientation;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.SourceLimits;
import io.framequota.media.decode.VideoInfo;
import java.nio.file.Path;
import java.time.Duration;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avformat.AVStreamGroupTileGrid;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;

/** Owns what FFmpeg allocates for one open container and its current packet. It may be closed twice. */
final class NativeVideo implements AutoCloseable {
    private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(60);

    /**
     * Allowed containers. Playlists (HLS, DASH, concat) are not allowed, since they would read other files of this machine for
     * whoever uploads them; nor is tty, which takes any text for a video.
     */
    private static final String CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,m4v,"
            + "h263,h264,hevc,obu,av1,ivf,flv,live_flv,gif,apng,ogg,asf,nut,mxf,dv,mjpeg,mpjpeg,yuv4mpegpipe,"
            + "vc1,image2,png_pipe,jpeg_pipe,bmp_pipe,webp_pipe,tiff_pipe,pgm_pipe,ppm_pipe,j2k_pipe,"
            + "wav,mp3,aac,flac";

    static {
        FfmpegSetup.apply();
    }

    final AVFormatContext format;
    final StreamChoice choice;
    final AVStream stream;
    final AVPacket packet = av_packet_alloc();
    private final String name;
    private final SourceLimits limits;
    private boolean closed;

    private NativeVideo(AVFormatContext format, StreamChoice choice, String name, SourceLimits limits) {
        this.format = format;
        this.choice = choice;
        this.stream = format.streams(choice.stream());
        this.name = name;
        this.limits = limits;
    }

    /** Opens the container and chooses the stream, without decoding anything. */
    static NativeVideo open(Path video, int stream, SourceLimits limits) throws SourceException {
        return open(video, stream, limits, OPEN_TIMEOUT);
    }

    static NativeVideo open(Path video, int stream, SourceLimits limits, Duration limit) throws SourceException {
        try (OpenTimeout timeout = OpenTimeout.begin(limit)) {
            return open(video, stream, limits, timeout);
        }
    }

    private static NativeVideo open(Path video, int stream, SourceLimits limits, OpenTimeout timeout)
            throws SourceException {
        String name = String.valueOf(video.getFileName());
        AVFormatContext format = openContainer(video, name, limits, timeout);
        boolean opened = false;
        try {
            timeout.check(name);
            limits.checkTracks(name, format.nb_streams());
            avformat_find_stream_info(format, (PointerPointer<?>) null);
            timeout.check(name);
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

    private static AVFormatContext openContainer(Path video, String name, SourceLimits limits, OpenTimeout timeout)
            throws SourceException {
        AVFormatContext format = avformat_alloc_context();
        timeout.applyTo(format);
        // One more than allowed, so that checkTracks refuses it by the name of the limit.
        format.max_streams(limits.tracks() + 1);
        AVDictionary options = new AVDictionary();
        av_dict_set(options, "protocol_whitelist", "file", 0);
        av_dict_set(options, "format_whitelist", CONTAINERS, 0);
        av_dict_set(options, "codec_whitelist", Codecs.ALLOWED, 0);
        int error = avformat_open_input(
                format, Demuxer.url(video), Demuxer.of(video).format(), options);
        av_dict_free(options);
        if (error < 0) {
            // A file whose reading was interrupted looks damaged.
            timeout.check(name);
        }
        if (error == AVERROR_ENOMEM()) {
            throw new SourceException(name + " asks for more memory than one source may take, or has more than "
                    + limits.tracks() + " tracks, the limit FRAMEQUOTA_SOURCE_MAX_TRACKS; use another file");
        }
        if (error < 0 && FfmpegErrors.isOfContent(error)) {
            throw SourceException.permanent(name + " is not a video that can be read (" + FfmpegErrors.text(error)
                    + "); use a complete file, for example MP4, MKV, AVI, MPEG-TS or GIF");
        }
        if (error < 0) {
            throw new SourceException(name + " cannot be read now (" + FfmpegErrors.text(error)
                    + "); redrive the job, or submit it again");
        }
        return format;
    }

    /**
     * Makes FFmpeg skip packets of other streams. Where the container does not count the video's frames they are read, since only
     * their times can tell whether the source is complete.
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
     * Estimates the native bytes that decoding takes in addition to the container's index.
     *
     * @param fileBytes size of the source
     * @throws SourceException when the pictures are larger than allowed
     */
    long pictureBytes(long fileBytes) throws SourceException {
        AVCodecParameters parameters = stream.codecpar();
        long pixels = checkPictureSize();
        // A file that is one picture is one packet.
        long packetBytes = Codecs.isPictureCodec(parameters.codec_id()) && stream.nb_frames() == 0 ? fileBytes : 0;
        return PictureMemory.bytes(parameters.codec_id(), parameters.level(), pixels, parameters.format())
                + Math.min(packetBytes, FfmpegSetup.LARGEST_BLOCK);
    }

    /**
     * Returns the pixels of a coded picture.
     *
     * @throws SourceException when the pictures are larger than allowed
     */
    long checkPictureSize() throws SourceException {
        AVStreamGroupTileGrid grid = grid();
        long width = grid == null ? stream.codecpar().width() : grid.coded_width();
        long height = grid == null ? stream.codecpar().height() : grid.coded_height();
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

    SourceLimits limits() {
        return limits;
    }

    String name() {
        return name;
    }

    String codecName() {
        return Codecs.name(stream.codecpar().codec_id());
    }

    /** FFmpeg's name of the container format, such as {@code mov,mp4,m4a,3gp,3g2,mj2}. */
    String container() {
        return format.iformat().name().getString();
    }

    /** Whether the container is a picture file. */
    boolean isSinglePicture() {
        return container().equals("image2") || container().endsWith("_pipe");
    }

    /** What the container says about the video, with the size of pictures of an orientation. */
    VideoInfo info(Orientation orientation) {
        AVStreamGroupTileGrid grid = grid();
        int width = grid == null ? stream.codecpar().width() : grid.width();
        int height = grid == null ? stream.codecpar().height() : grid.height();
        return orientation.swapsSides() ? info(height, width) : info(width, height);
    }

    /** What the container says about the video, with the size of a picture as displayed. */
    VideoInfo info(int width, int height) {
        AVRational rate = stream.avg_frame_rate();
        double fps = rate.den() == 0 ? 0 : (double) rate.num() / rate.den();
        double durationMs = durationMs();
        long frames = grid() != null ? 1 : statedPackets() - hiddenPackets(fps);
        return new VideoInfo(
                width,
                height,
                frames > 0 ? frames : Math.round(fps * durationMs / 1000),
                durationMs,
                fps,
                codecName(),
                frames <= 0,
                spherical().projection(),
                spherical().unsupported());
    }

    /** What the container says about a 360° picture. */
    StatedProjection spherical() {
        return StatedProjection.of(stream.codecpar());
    }

    /** Duration of the video's own track where the container states it, else of the whole source; 0 when unknown. */
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

    /** Packets of the video that the container states, restricted to those that it plays; 0 when it states none. */
    long statedPackets() {
        long stated = stream.nb_frames();
        if (stated > 0 && container().startsWith("mov")) {
            // The index holds the packets that are played, and those that must be decoded for them.
            int indexed = avformat_index_get_entries_count(stream);
            return indexed > 0 ? indexed : stated;
        }
        return stated;
    }

    /** Packets in the index that are only decoded because others refer to them: an edit list hides their pictures. */
    long hiddenPackets(double fps) {
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
        long hidden = 0;
        for (int i = 0; i < indexed; i++) {
            hidden += (avformat_index_get_entry(stream, i).flags() & AVINDEX_DISCARD_FRAME) == 0 ? 0 : 1;
        }
        return hidden;
    }

    /** The orientation that the container states. */
    Orientation orientation() {
        AVStreamGroupTileGrid grid = grid();
        return grid != null
                ? FrameOrientation.ofSideData(grid.coded_side_data(), grid.nb_coded_side_data())
                : FrameOrientation.ofSideData(
                        stream.codecpar().coded_side_data(), stream.codecpar().nb_coded_side_data());
    }

    /** Whether a timestamp is a time: FFmpeg has a value for "no time". */
    static boolean isTime(long timestamp) {
        return timestamp != avutil.AV_NOPTS_VALUE;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        av_packet_free(packet);
        avformat_close_input(format);
    }
}
