package io.framequota.media.decode.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_COPY_OPAQUE;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;

import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.SourceLimits;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVRational;

/** Opens FFmpeg's decoders, those that are allowed, within the limits. */
public final class CodecContexts {
    private CodecContexts() {}

    /**
     * Opens a decoder, which the caller frees.
     *
     * @param threads that decode, 1 for the caller's only
     * @param detection FFmpeg's flags of what counts as an error
     * @param name of the source, for error messages
     * @throws SourceException when the codec is not allowed or FFmpeg cannot open it
     */
    public static AVCodecContext open(
            AVCodecParameters parameters,
            AVRational timeBase,
            int threads,
            int detection,
            String name,
            SourceLimits limits)
            throws SourceException {
        AVCodec decoder = avcodec_find_decoder(parameters.codec_id());
        String coded = Codecs.name(parameters.codec_id());
        if (!Codecs.isDecodable(parameters.codec_id())) {
            throw SourceException.permanent(
                    name + " has the codec " + coded + ", which is not supported; convert it, for example to H.264");
        }
        AVCodecContext context = avcodec_alloc_context3(decoder);
        avcodec_parameters_to_context(context, parameters);
        context.pkt_timebase(timeBase);
        context.thread_count(threads);
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
}
