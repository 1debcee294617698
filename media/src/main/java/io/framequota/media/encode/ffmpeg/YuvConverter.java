package io.framequota.media.encode.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_MPEG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_SMPTE170M;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_BGR24;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BICUBIC;
import static org.bytedeco.ffmpeg.global.swscale.sws_freeContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_getContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale;

import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/** Converts packed pixels to the encoder's planes, extended to an even size and scaled down when they are too large. */
final class YuvConverter implements AutoCloseable {
    /** The matrix to which swscale converts by default: that of BT.601, with luma from 16 to 235. */
    static final int MATRIX = AVCOL_SPC_SMPTE170M;

    static final int RANGE = AVCOL_RANGE_MPEG;

    private final CodedSize size;
    private final BytePointer padded;
    private final PointerPointer<Pointer> planes;
    private final IntPointer strides = new IntPointer(4);
    private final SwsContext context;

    YuvConverter(CodedSize size) {
        this.size = size;
        int stride = size.paddedWidth() * 3;
        padded = new BytePointer((long) stride * size.paddedHeight());
        planes = new PointerPointer<>(4);
        planes.put(0, padded);
        strides.put(0, stride);
        context = sws_getContext(
                size.paddedWidth(),
                size.paddedHeight(),
                AV_PIX_FMT_BGR24,
                size.codedWidth(),
                size.codedHeight(),
                AV_PIX_FMT_YUV420P,
                SWS_BICUBIC,
                null,
                null,
                (DoublePointer) null);
    }

    void fill(byte[] bgr, AVFrame frame) {
        if (size.width() == size.paddedWidth() && size.height() == size.paddedHeight()) {
            padded.position(0).put(bgr, 0, bgr.length);
        } else {
            pad(bgr);
        }
        sws_scale(context, planes, strides, 0, size.paddedHeight(), frame.data(), frame.linesize());
    }

    private void pad(byte[] bgr) {
        int row = size.width() * 3;
        byte[] line = new byte[size.paddedWidth() * 3];
        for (int y = 0; y < size.paddedHeight(); y++) {
            System.arraycopy(bgr, Math.min(y, size.height() - 1) * row, line, 0, row);
            for (int i = row; i < line.length; i++) {
                line[i] = line[i - 3];
            }
            padded.position((long) y * line.length).put(line, 0, line.length);
        }
        padded.position(0);
    }

    @Override
    public void close() {
        sws_freeContext(context);
        planes.close();
        strides.close();
        padded.close();
    }
}
