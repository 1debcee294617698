package io.framequota.media.decode.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_AV1;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_H264;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_HEVC;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_VP9;
import static org.bytedeco.ffmpeg.global.avutil.av_get_padded_bits_per_pixel;
import static org.bytedeco.ffmpeg.global.avutil.av_pix_fmt_desc_get;

import org.bytedeco.ffmpeg.avutil.AVPixFmtDescriptor;

/** Estimates the native memory of a decoder's pictures. */
final class PictureMemory {
    /** Bits of a pixel whose format is unknown before the first picture is decoded. */
    private static final int UNKNOWN_BITS = 32;

    /** What a decoder, its packets and the conversion take for any size of picture. */
    private static final long FIXED = 4L << 20;

    private PictureMemory() {}

    /**
     * Bytes of the pictures that a decoder keeps and of the picture they are converted to.
     *
     * @param codec FFmpeg's number
     * @param level of the stream, as its codec counts levels
     * @param pixels of one picture
     * @param format FFmpeg's number of the pixel format, below 0 when it is unknown
     */
    static long bytes(int codec, int level, long pixels, int format) {
        int bits = UNKNOWN_BITS;
        if (format >= 0) {
            AVPixFmtDescriptor descriptor = av_pix_fmt_desc_get(format);
            bits = descriptor == null || descriptor.isNull() ? UNKNOWN_BITS : av_get_padded_bits_per_pixel(descriptor);
        }
        return FIXED + pixels * bits / 8 * picturesKept(codec, level, pixels) + pixels * 3;
    }

    /** Pictures that a decoder keeps at the same time; the maximum where the stream decides it. */
    private static int picturesKept(int codec, int level, long pixels) {
        if (codec == AV_CODEC_ID_H264) {
            return 2 + (int) Math.clamp(h264Macroblocks(level) * 256L / Math.max(1, pixels), 1, 16);
        }
        if (codec == AV_CODEC_ID_AV1) {
            // Each with wide borders.
            return 23;
        }
        if (codec == AV_CODEC_ID_HEVC || codec == AV_CODEC_ID_VP9) {
            return 10;
        }
        return Codecs.isIntraOnly(codec) || Codecs.isPictureCodec(codec) ? 1 : 4;
    }

    /** MaxDpbMbs of table A-1 of H.264, by {@code level_idc}; that of the next higher level for levels not listed. */
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
