package io.framequota.media.live.ffmpeg;

import static org.bytedeco.ffmpeg.avcodec.AVCodecParserContext.PARSER_FLAG_COMPLETE_FRAMES;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_H264;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_HEVC;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_NEW_EXTRADATA;
import static org.bytedeco.ffmpeg.global.avcodec.av_bsf_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_bsf_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_bsf_get_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.av_bsf_init;
import static org.bytedeco.ffmpeg.global.avcodec.av_bsf_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.av_bsf_send_packet;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_ref;
import static org.bytedeco.ffmpeg.global.avcodec.av_parser_close;
import static org.bytedeco.ffmpeg.global.avcodec.av_parser_init;
import static org.bytedeco.ffmpeg.global.avcodec.av_parser_parse2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_copy;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_free;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;

import com.google.protobuf.ByteString;
import io.framequota.contract.control.CodecParameters;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.SourceLimits;
import io.framequota.media.decode.ffmpeg.CodecContexts;
import io.framequota.media.decode.ffmpeg.StreamParameters;
import org.bytedeco.ffmpeg.avcodec.AVBSFContext;
import org.bytedeco.ffmpeg.avcodec.AVBitStreamFilter;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVCodecParserContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a key picture says of itself, without decoding it: size, profile, parameter sets. Containers of live streams say it once, or
 * never, or wrongly after a change.
 */
final class KeyPicture {
    private static final int CONFIGURATION = 1;

    private final CodecParameters stated;
    private final SourceLimits limits;
    private final String name;

    /**
     * @param stated what the container says of the stream
     * @param name of the stream, for error messages
     */
    KeyPicture(CodecParameters stated, SourceLimits limits, String name) {
        this.stated = stated;
        this.limits = limits;
        this.name = name;
    }

    /**
     * The parameters as of this picture.
     *
     * @param packet a key picture
     * @param extradata what the container said last
     * @throws SourceException when its size cannot be read
     */
    CodecParameters read(AVPacket packet, ByteString extradata) throws SourceException {
        CodecParameters known = stated.toBuilder().setExtradata(extradata).build();
        AVCodecParameters parameters = StreamParameters.of(known, name);
        try {
            ByteString sets = parameterSets(packet, parameters, extradata);
            return withSize(packet, parameters, known).setExtradata(sets).build();
        } finally {
            avcodec_parameters_free(parameters);
        }
    }

    private CodecParameters.Builder withSize(AVPacket packet, AVCodecParameters parameters, CodecParameters known)
            throws SourceException {
        CodecParameters.Builder found = known.toBuilder();
        AVCodecContext context = avcodec_alloc_context3((AVCodec) null);
        AVCodecParserContext parser = av_parser_init(parameters.codec_id());
        try {
            avcodec_parameters_to_context(context, parameters);
            if (parser != null && !parser.isNull()) {
                parser.flags(parser.flags() | PARSER_FLAG_COMPLETE_FRAMES);
                parse(packet, context, parser);
                apply(context, parser, found);
            }
        } finally {
            if (parser != null && !parser.isNull()) {
                av_parser_close(parser);
            }
            avcodec_free_context(context);
        }
        if (found.getWidth() <= 0 || found.getHeight() <= 0) {
            decode(packet, parameters, found);
        }
        return found;
    }

    private static void parse(AVPacket packet, AVCodecContext context, AVCodecParserContext parser) {
        try (PointerPointer<BytePointer> out = new PointerPointer<>(1);
                IntPointer size = new IntPointer(1)) {
            av_parser_parse2(
                    parser, context, out, size, packet.data(), packet.size(), packet.pts(), packet.dts(), packet.pos());
        }
    }

    private static void apply(AVCodecContext context, AVCodecParserContext parser, CodecParameters.Builder found) {
        if (parser.width() > 0 && parser.height() > 0) {
            found.setWidth(parser.width()).setHeight(parser.height());
        }
        if (parser.format() >= 0) {
            found.setFormat(parser.format());
        }
        AVRational rate = context.framerate();
        if (rate.num() > 0 && rate.den() > 0) {
            found.setFrameRateNum(rate.num()).setFrameRateDen(rate.den());
        }
        found.setProfile(context.profile()).setLevel(context.level());
    }

    /** For codecs whose parser does not tell the size. */
    private void decode(AVPacket packet, AVCodecParameters parameters, CodecParameters.Builder found)
            throws SourceException {
        AVRational base = new AVRational();
        base.num(Math.max(1, stated.getTimeBaseNum())).den(Math.max(1, stated.getTimeBaseDen()));
        AVCodecContext context = CodecContexts.open(parameters, base, 1, 0, name, limits);
        try {
            avcodec_send_packet(context, packet);
            if (context.width() <= 0 || context.height() <= 0) {
                throw new SourceException(
                        name + " has key pictures of which not even the size can be read; check the encoder");
            }
            found.setWidth(context.width()).setHeight(context.height()).setFormat(context.pix_fmt());
        } finally {
            avcodec_free_context(context);
        }
    }

    /** The parameter sets inside the picture, where the container does not keep them apart; else what the container said. */
    private static ByteString parameterSets(AVPacket packet, AVCodecParameters parameters, ByteString extradata) {
        int codec = parameters.codec_id();
        boolean apart = !extradata.isEmpty() && extradata.byteAt(0) == CONFIGURATION;
        if (apart || (codec != AV_CODEC_ID_H264 && codec != AV_CODEC_ID_HEVC)) {
            return extradata;
        }
        AVBitStreamFilter filter = av_bsf_get_by_name("extract_extradata");
        AVBSFContext context = new AVBSFContext(null);
        if (filter == null || filter.isNull() || av_bsf_alloc(filter, context) < 0) {
            return extradata;
        }
        AVPacket copy = av_packet_alloc();
        try {
            avcodec_parameters_copy(context.par_in(), parameters);
            if (av_bsf_init(context) < 0 || av_packet_ref(copy, packet) < 0) {
                return extradata;
            }
            if (av_bsf_send_packet(context, copy) < 0 || av_bsf_receive_packet(context, copy) < 0) {
                return extradata;
            }
            ByteString found = newExtradata(copy);
            return found == null ? extradata : found;
        } finally {
            av_packet_free(copy);
            av_bsf_free(context);
        }
    }

    /** The new parameters that a packet carries; null when it has none. */
    static @Nullable ByteString newExtradata(AVPacket packet) {
        for (int i = 0; i < packet.side_data_elems(); i++) {
            var one = packet.side_data().getPointer(i);
            if (one.type() == AV_PKT_DATA_NEW_EXTRADATA) {
                return StreamParameters.bytes(one.data(), one.size());
            }
        }
        return null;
    }
}
