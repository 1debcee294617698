package io.framequota.media.decode.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_BMP;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_JPEG2000;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MJPEG;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_NONE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_PNG;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_TIFF;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_WEBP;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_PROP_INTRA_ONLY;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_descriptor_get;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_descriptor_get_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;

import java.util.Set;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecDescriptor;

/** Knowledge about FFmpeg's codecs. */
public final class Codecs {
    /**
     * FFmpeg's names of the decoders that sources may use: those for what cameras, editors and the web write today. No other decoder
     * sees untrusted bytes. Sound is never decoded.
     */
    public static final String ALLOWED =
            "h264,hevc,vp8,vp9,libaom-av1,mpeg1video,mpeg2video,mpegvideo,mpeg4,msmpeg4v2,msmpeg4,h263,"
                    + "flv,wmv1,wmv2,wmv3,vc1,theora,mjpeg,jpeg2000,prores,dnxhd,cfhd,dvvideo,ffv1,huffyuv,ffvhuff,utvideo,"
                    + "rawvideo,v210,gif,png,apng,webp,bmp,tiff,pam,pbm,pgm,ppm";

    private static final Set<String> NAMES = Set.of(ALLOWED.split(","));

    private Codecs() {}

    static boolean isAllowed(String decoder) {
        return NAMES.contains(decoder);
    }

    /** Whether FFmpeg has a decoder for a codec that sources may use. */
    public static boolean isDecodable(int codec) {
        AVCodec decoder = avcodec_find_decoder(codec);
        return decoder != null && !decoder.isNull() && isAllowed(decoder.name().getString());
    }

    public static String name(int codec) {
        return avcodec_get_name(codec).getString();
    }

    /** FFmpeg's number of a codec, {@code AV_CODEC_ID_NONE} for an unknown name. */
    static int id(String name) {
        AVCodecDescriptor descriptor = avcodec_descriptor_get_by_name(name);
        return descriptor == null || descriptor.isNull() ? AV_CODEC_ID_NONE : descriptor.id();
    }

    /** Whether every picture is decoded without any other. */
    static boolean isIntraOnly(int codec) {
        AVCodecDescriptor descriptor = avcodec_descriptor_get(codec);
        return descriptor != null && !descriptor.isNull() && (descriptor.props() & AV_CODEC_PROP_INTRA_ONLY) != 0;
    }

    /** Whether the codec is used for single pictures more often than for videos. */
    static boolean isPictureCodec(int codec) {
        return codec == AV_CODEC_ID_MJPEG
                || codec == AV_CODEC_ID_PNG
                || codec == AV_CODEC_ID_BMP
                || codec == AV_CODEC_ID_TIFF
                || codec == AV_CODEC_ID_WEBP
                || codec == AV_CODEC_ID_JPEG2000;
    }
}
