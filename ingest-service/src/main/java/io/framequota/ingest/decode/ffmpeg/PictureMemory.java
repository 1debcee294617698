package io.framequota.ingest.decode.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.av_get_padded_bits_per_pixel;
import static org.bytedeco.ffmpeg.global.avutil.av_pix_fmt_desc_get;

import org.bytedeco.ffmpeg.avutil.AVPixFmtDescriptor;

/** Estimates the native memory of pictures. */
final class PictureMemory {
    /** Where the form of a picture is not known before it is decoded. */
    private static final int UNKNOWN_BITS = 32;

    /** What any decoder, its packets and the conversion take, however small the picture. */
    private static final long FIXED = 4L << 20;

    private PictureMemory() {}

    /**
     * Bytes of a decoder's pictures and of the one they are converted to.
     *
     * @param format FFmpeg's number of the form of a pixel, below 0 when it is not known
     * @param kept pictures that the decoder has at once
     */
    static long of(long pixels, int format, int kept) {
        int bits = UNKNOWN_BITS;
        if (format >= 0) {
            AVPixFmtDescriptor form = av_pix_fmt_desc_get(format);
            bits = form == null || form.isNull() ? UNKNOWN_BITS : av_get_padded_bits_per_pixel(form);
        }
        return FIXED + pixels * bits / 8 * kept + pixels * 3;
    }
}
