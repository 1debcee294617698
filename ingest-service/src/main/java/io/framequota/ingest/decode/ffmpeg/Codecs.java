package io.framequota.ingest.decode.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_AV1;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_BMP;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_H264;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_HEVC;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_JPEG2000;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MJPEG;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_PNG;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_TIFF;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_VP9;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_WEBP;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_PROP_INTRA_ONLY;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_descriptor_get;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;

import java.util.Set;
import org.bytedeco.ffmpeg.avcodec.AVCodecDescriptor;

/** What is known of FFmpeg's codecs here. */
final class Codecs {
    /**
     * FFmpeg's names of the decoders that sources may use, the only ones that see untrusted bytes: what cameras, editors and
     * the web write today. Sound is never decoded.
     */
    static final String ALLOWED =
            "h264,hevc,vp8,vp9,libaom-av1,mpeg1video,mpeg2video,mpegvideo,mpeg4,msmpeg4v2,msmpeg4,h263,"
                    + "flv,wmv1,wmv2,wmv3,vc1,theora,mjpeg,jpeg2000,prores,dnxhd,cfhd,dvvideo,ffv1,huffyuv,ffvhuff,utvideo,"
                    + "rawvideo,v210,gif,png,apng,webp,bmp,tiff,pam,pbm,pgm,ppm";

    private static final Set<String> NAMES = Set.of(ALLOWED.split(","));

    private Codecs() {}

    /** Whether a decoder may be used. */
    static boolean allowed(String decoder) {
        return NAMES.contains(decoder);
    }

    static String name(int codec) {
        return avcodec_get_name(codec).getString();
    }

    /** Whether every picture stands for itself. */
    static boolean intraOnly(int codec) {
        AVCodecDescriptor descriptor = avcodec_descriptor_get(codec);
        return descriptor != null && !descriptor.isNull() && (descriptor.props() & AV_CODEC_PROP_INTRA_ONLY) != 0;
    }

    /** Whether it is one of those that hold single pictures more often than videos. */
    static boolean ofPictures(int codec) {
        return codec == AV_CODEC_ID_MJPEG
                || codec == AV_CODEC_ID_PNG
                || codec == AV_CODEC_ID_BMP
                || codec == AV_CODEC_ID_TIFF
                || codec == AV_CODEC_ID_WEBP
                || codec == AV_CODEC_ID_JPEG2000;
    }

    /** Pictures that a decoder keeps at once, at most where that depends on the stream. */
    static int picturesKept(int codec, int level, long pixels) {
        if (codec == AV_CODEC_ID_H264) {
            return 2 + (int) Math.clamp(h264Macroblocks(level) * 256L / Math.max(1, pixels), 1, 16);
        }
        if (codec == AV_CODEC_ID_AV1) {
            // With wide borders around each.
            return 23;
        }
        if (codec == AV_CODEC_ID_HEVC || codec == AV_CODEC_ID_VP9) {
            return 10;
        }
        return intraOnly(codec) || ofPictures(codec) ? 1 : 4;
    }

    /** MaxDpbMbs of table A-1 of H.264, by {@code level_idc}; the next higher one where the level is unknown. */
    private static int h264Macroblocks(int level) {
        if (level <= 0 || level > 52) {
            return 696_320;
        }
        if (level >= 51) {
            return 184_320;
        }
        if (level >= 50) {
            return 110_400;
        }
        return level > 40 ? 34_816 : 32_768;
    }
}
