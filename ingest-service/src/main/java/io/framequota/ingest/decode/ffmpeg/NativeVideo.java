package io.framequota.ingest.decode.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_DISPLAYMATRIX;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_side_data_get;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_ATTACHED_PIC;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;

import io.framequota.ingest.decode.Turn;
import io.framequota.ingest.source.SourceException;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;

/** Owns what FFmpeg allocates for one open video: container, decoder, packet and frame. Closing twice does no harm. */
final class NativeVideo implements AutoCloseable {
    /** 8192 x 8192: beyond 8K, and one picture still fits in 200 MB. */
    private static final String MAX_PIXELS = "67108864";

    /**
     * Containers that hold their data themselves. Playlists (HLS, DASH, concat) are not among them: they would read other
     * files of this machine for whoever uploads them; nor is tty, which takes any text for a video.
     */
    private static final String CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,m4v,h261,"
            + "h263,h264,hevc,vvc,obu,av1,ivf,flv,live_flv,gif,apng,ogg,asf,rm,nut,mxf,dv,wtv,mjpeg,mpjpeg,yuv4mpegpipe,"
            + "r3d,nsv,swf,vc1,dirac,cavsvideo,avs2,avs3,film_cpk,smk,bink,roq,flic,idcin,ea,image2,png_pipe,jpeg_pipe,"
            + "bmp_pipe,webp_pipe,tiff_pipe,pgm_pipe,ppm_pipe,jpegxl_pipe,jpegxl_anim,wav,mp3,aac,flac";

    static {
        // What is wrong with a source is said in its job's warnings, not on this process's standard error.
        av_log_set_level(AV_LOG_QUIET);
    }

    final AVFormatContext format;
    final AVStream stream;
    final AVCodecContext codec;
    final AVPacket packet = av_packet_alloc();
    final AVFrame frame = av_frame_alloc();
    private boolean closed;

    private NativeVideo(AVFormatContext format, AVStream stream, AVCodecContext codec) {
        this.format = format;
        this.stream = stream;
        this.codec = codec;
    }

    static NativeVideo open(Path video) throws SourceException {
        AVFormatContext format = openContainer(video);
        try {
            AVStream stream = pictures(video, format);
            return new NativeVideo(format, stream, openCodec(video, stream));
        } catch (SourceException e) {
            avformat_close_input(format);
            throw e;
        }
    }

    private static AVFormatContext openContainer(Path video) throws SourceException {
        AVFormatContext format = avformat_alloc_context();
        AVDictionary options = new AVDictionary();
        av_dict_set(options, "protocol_whitelist", "file", 0);
        av_dict_set(options, "format_whitelist", CONTAINERS, 0);
        // With its protocol a path is never taken for another protocol or a pattern.
        int error = avformat_open_input(format, "file:" + video.toAbsolutePath(), null, options);
        av_dict_free(options);
        if (error < 0) {
            throw new SourceException(video.getFileName() + " is not a video that can be read (" + Errors.text(error)
                    + "); use a complete MP4, MKV, AVI, MPEG-TS or GIF file, for instance");
        }
        return format;
    }

    private static AVStream pictures(Path video, AVFormatContext format) throws SourceException {
        avformat_find_stream_info(format, (PointerPointer<?>) null);
        int index = av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, (AVCodec) null, 0);
        // A song's cover is a picture, but the file is no video.
        if (index < 0 || (format.streams(index).disposition() & AV_DISPOSITION_ATTACHED_PIC) != 0) {
            throw new SourceException(video.getFileName() + " has no video stream; use a file with pictures in it");
        }
        for (int i = 0; i < format.nb_streams(); i++) {
            if (i != index) {
                format.streams(i).discard(org.bytedeco.ffmpeg.global.avcodec.AVDISCARD_ALL);
            }
        }
        return format.streams(index);
    }

    private static AVCodecContext openCodec(Path video, AVStream stream) throws SourceException {
        AVCodec decoder = avcodec_find_decoder(stream.codecpar().codec_id());
        if (decoder == null || decoder.isNull()) {
            throw new SourceException(video.getFileName() + " is coded as " + codecName(stream)
                    + ", which cannot be decoded here; convert it to H.264, for instance");
        }
        AVCodecContext codec = avcodec_alloc_context3(decoder);
        avcodec_parameters_to_context(codec, stream.codecpar());
        codec.pkt_timebase(stream.time_base());
        codec.thread_count(1);
        AVDictionary options = new AVDictionary();
        av_dict_set(options, "max_pixels", MAX_PIXELS, 0);
        int error = avcodec_open2(codec, decoder, options);
        av_dict_free(options);
        if (error < 0) {
            avcodec_free_context(codec);
            throw new SourceException(
                    video.getFileName() + " cannot be decoded as " + codecName(stream) + ": " + Errors.text(error));
        }
        return codec;
    }

    String codecName() {
        return codecName(stream);
    }

    private static String codecName(AVStream stream) {
        return org.bytedeco
                .ffmpeg
                .global
                .avcodec
                .avcodec_get_name(stream.codecpar().codec_id())
                .getString();
    }

    /** The turn that the container asks for. */
    Turn turn() {
        AVPacketSideData all = stream.codecpar().coded_side_data();
        @Nullable
        AVPacketSideData matrix = all == null || all.isNull()
                ? null
                : av_packet_side_data_get(all, stream.codecpar().nb_coded_side_data(), AV_PKT_DATA_DISPLAYMATRIX);
        if (matrix == null || matrix.isNull()) {
            return Turn.NONE;
        }
        IntPointer m = new IntPointer(matrix.data());
        return Turn.ofMatrix(m.get(0), m.get(1), m.get(3), m.get(4));
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
        avcodec_free_context(codec);
        avformat_close_input(format);
    }
}
